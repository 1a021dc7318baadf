"""What every room that publishes shares: addresses, media types, slugs, licences."""
