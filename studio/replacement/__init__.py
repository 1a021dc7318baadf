"""Another recording of the same conversation: the user's marks are carried over to its clock."""
