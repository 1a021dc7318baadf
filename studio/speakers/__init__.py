"""The speaker of each segment: from voices, microphones and the article to names."""
