"""Who signs in and how: accounts, passwords, lock-out, second factor, sessions kept on the server."""
