"""The cities that made-up companies hire in."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A city. `pay_factor` turns a base salary in euros into a usual one in `currency`."""

    city: str
    region: str
    """Empty where addresses don't state one."""
    country: str
    iso2: str
    latitude: float
    longitude: float
    currency: str
    pay_factor: float
    language: str = "en"
    """Of most postings there; a language without words of its own falls back to English."""


PLACES: Final = (
    Place("San Francisco", "CA", "United States", "US", 37.7749, -122.4194, "USD", 1.9),
    Place("New York", "NY", "United States", "US", 40.7128, -74.0060, "USD", 1.8),
    Place("Austin", "TX", "United States", "US", 30.2672, -97.7431, "USD", 1.5),
    Place("Chicago", "IL", "United States", "US", 41.8781, -87.6298, "USD", 1.5),
    Place("Seattle", "WA", "United States", "US", 47.6062, -122.3321, "USD", 1.8),
    Place("Boise", "ID", "United States", "US", 43.6150, -116.2023, "USD", 1.3),
    Place("Toronto", "ON", "Canada", "CA", 43.6532, -79.3832, "CAD", 1.5),
    Place("Montréal", "QC", "Canada", "CA", 45.5019, -73.5674, "CAD", 1.4),
    Place("Ciudad de México", "", "Mexico", "MX", 19.4326, -99.1332, "MXN", 11.0),
    Place("São Paulo", "SP", "Brazil", "BR", -23.5505, -46.6333, "BRL", 2.6),
    Place("Bogotá", "", "Colombia", "CO", 4.7110, -74.0721, "USD", 0.6),
    Place("London", "England", "United Kingdom", "GB", 51.5072, -0.1276, "GBP", 1.0),
    Place("Manchester", "England", "United Kingdom", "GB", 53.4808, -2.2426, "GBP", 0.8),
    Place("Dublin", "", "Ireland", "IE", 53.3498, -6.2603, "EUR", 1.1),
    Place("Paris", "Île-de-France", "France", "FR", 48.8566, 2.3522, "EUR", 0.9),
    Place("Amsterdam", "", "Netherlands", "NL", 52.3676, 4.9041, "EUR", 1.0),
    Place("København", "", "Denmark", "DK", 55.6761, 12.5683, "DKK", 7.6),
    Place("Göteborg", "", "Sweden", "SE", 57.7089, 11.9746, "SEK", 9.5),
    Place("Oslo", "", "Norway", "NO", 59.9139, 10.7522, "NOK", 10.8),
    Place("Helsinki", "", "Finland", "FI", 60.1699, 24.9384, "EUR", 0.9),
    Place("Tallinn", "", "Estonia", "EE", 59.4370, 24.7536, "EUR", 0.7),
    Place("Kraków", "", "Poland", "PL", 50.0647, 19.9450, "PLN", 3.2),
    Place("Praha", "", "Czechia", "CZ", 50.0755, 14.4378, "CZK", 17.0),
    Place("Lisboa", "", "Portugal", "PT", 38.7223, -9.1393, "EUR", 0.6),
    Place("Barcelona", "", "Spain", "ES", 41.3874, 2.1686, "EUR", 0.7),
    Place("Zürich", "", "Switzerland", "CH", 47.3769, 8.5417, "CHF", 1.5, "de"),
    Place("Wien", "", "Austria", "AT", 48.2082, 16.3738, "EUR", 0.9, "de"),
    Place("Berlin", "", "Germany", "DE", 52.5200, 13.4050, "EUR", 1.0),
    Place("München", "Bayern", "Germany", "DE", 48.1351, 11.5820, "EUR", 1.1, "de"),
    Place("Lübeck", "Schleswig-Holstein", "Germany", "DE", 53.8655, 10.6866, "EUR", 0.9, "de"),
    Place("Nairobi", "", "Kenya", "KE", -1.2921, 36.8219, "KES", 60.0),
    Place("Cape Town", "Western Cape", "South Africa", "ZA", -33.9249, 18.4241, "ZAR", 9.0),
    Place("Dubai", "", "United Arab Emirates", "AE", 25.2048, 55.2708, "AED", 3.8),
    Place("Bengaluru", "Karnataka", "India", "IN", 12.9716, 77.5946, "INR", 38.0),
    Place("Singapore", "", "Singapore", "SG", 1.3521, 103.8198, "SGD", 1.4),
    Place("Seoul", "", "South Korea", "KR", 37.5665, 126.9780, "KRW", 900.0),
    Place("東京", "", "Japan", "JP", 35.6762, 139.6503, "JPY", 110.0, "ja"),
    Place("大阪", "", "Japan", "JP", 34.6937, 135.5023, "JPY", 100.0, "ja"),
    Place("Sydney", "NSW", "Australia", "AU", -33.8688, 151.2093, "AUD", 1.6),
    Place("Auckland", "", "New Zealand", "NZ", -36.8509, 174.7645, "NZD", 1.4),
)
