"""Text for readers: French typography, plain text, three-way merge of lists."""
