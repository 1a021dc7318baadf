"""Audio: inspecting and measuring a recording, cleaning, mixing, mastering, encoding."""
