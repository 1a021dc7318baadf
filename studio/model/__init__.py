"""The nouns. They import nothing else of Studio but its errors, and every room knows them."""
