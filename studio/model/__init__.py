"""The immutable data types. They import nothing of Studio but its errors."""
