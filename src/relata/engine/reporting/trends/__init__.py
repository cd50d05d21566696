"""Where a number is going, how far single periods usually lie from that, and which ones lie further."""
