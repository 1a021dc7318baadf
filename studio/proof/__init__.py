"""The proof (« bon à tirer »): one HTML file in which a guest hears and reads what will be
published, and the answer that comes back.
"""
