"""Two programmes set side by side over patterns of spending."""
