"""The rules of docs/rules.md, proved on built files."""
