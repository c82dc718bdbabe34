"""`nnlab serve`: networks that answer over HTTP, and a page to play with them.

The server speaks HTTP and imports no NumPy. Worker processes load the networks and answer; server
and workers exchange the frames of `messages` through pipes.
"""
