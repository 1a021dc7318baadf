"""Said and published: what differs between the article and the recording, on one page for whoever
signs it off.
"""
