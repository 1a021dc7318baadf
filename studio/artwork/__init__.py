"""Images that Studio draws: cover, share card, chapter images, and their lettering."""
