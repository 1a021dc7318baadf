"""Alignment of recording and article: questions, paragraphs, speakers, corrections."""
