"""What the points are worth in the books: liability, breakage, revenue, cost."""
