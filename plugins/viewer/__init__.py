"""`motionloom view`: a page in the browser that plays what a file holds."""
