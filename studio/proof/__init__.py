"""The proof (« bon à tirer »): one HTML file in which a guest listens to and reads what will be
published, and the guest's answer.
"""
