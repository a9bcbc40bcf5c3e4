"""What stands between the network and the screens: headers, who asks, what is allowed, and what happens when things fail."""
