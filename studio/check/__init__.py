"""The rules of docs/rules.md, verified on built files."""
