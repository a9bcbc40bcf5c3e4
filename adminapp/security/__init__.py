"""What stands between the network and the screens: headers, who asks, what is allowed, what a failure shows."""
