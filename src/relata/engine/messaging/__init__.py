"""Mail, SMS and chat: threads, templates and delivery. How a message leaves the house is a port."""
