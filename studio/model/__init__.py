"""The immutable data types. The only Studio module that they import is its errors."""
