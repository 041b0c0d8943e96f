"""The keys of the browser session and the parameters of its address, typed in one room; knows no other."""
