"""What tests and measurements share: small shows, sounds, servers, judges. No test is here."""
