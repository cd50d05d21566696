"""What is unusual about how somebody comes in or what they take with them, told to them and to who looks after it."""
