"""What sites serve in place of a page goes to quarantine; pages that only look like it stay."""

from __future__ import annotations

from time import perf_counter

import pytest

from firstfive.build.walls import DOWN, GONE, KEPT_OUT, SCRIPTS, Wall, wall


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Page not found | Tarnhead", "The page you are looking for may have been moved or no longer exists.", GONE),
        ("Sorry, we could not find that page", "Error 404. Try our search or go back to the homepage.", GONE),
        ("404 Not Found", "Oops! The requested URL was not found on this server.", GONE),
        ("Tarnhead", "404 Not Found\nThe requested URL was not found on this server.", GONE),
        ("Fehler 404", "Dieser Eintrag existiert leider nicht mehr.", GONE),
        ("Ortsblick", "Fehler 404\nDie von Ihnen gesuchte Seite wurde leider nicht gefunden.", GONE),
        ("Page introuvable - Mairie", "Désolé, la page que vous recherchez n’existe plus. Retour à l'accueil", GONE),
        ("Listing not found", "This listing is no longer available.\nPlease try our search.", GONE),
        ("404 Not Found", "404 Not Found\nnginx/1.24.0", GONE),
        (
            "404 Not Found",
            "Not Found\nThe requested URL was not found on this server.\nApache/2.4.57 (Debian) Server at "
            "a.example Port 80",
            GONE,
        ),
        (
            "Page not found | Harbour",
            "Sorry, we could not find that page. The listing you are looking for may have been sold or withdrawn.",
            GONE,
        ),
        ("502 Bad Gateway", "502 Bad Gateway\nnginx", DOWN),
        ("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable\nnginx/1.18.0 (Ubuntu)", DOWN),
        ("429 Too Many Requests", "429 Too Many Requests\nopenresty", DOWN),
        (
            "500 Internal Server Error",
            "Internal Server Error\nThe server encountered an internal error or "
            "misconfiguration and was unable to complete your request.\nPlease contact the server administrator, "
            "webmaster@a.example and inform them of the time the error occurred.",
            DOWN,
        ),
        ("Erreur 500", "Erreur interne du serveur\nVeuillez réessayer plus tard.", DOWN),
        ("Interner Serverfehler", "Fehler 500: Interner Serverfehler. Bitte versuchen Sie es später erneut.", DOWN),
        ("Wartungsarbeiten", "Wartungsarbeiten. Wir sind gleich zurück.", DOWN),
        ("Site en maintenance", "Notre site est actuellement en maintenance. Nous serons bientôt de retour.", DOWN),
        ("Just a moment...", "Checking your browser before accessing a.example.\nRay ID: 8f", KEPT_OUT),
        ("Access Denied", 'You don\'t have permission to access "http://a.example/" on this server.', KEPT_OUT),
        ("a.example", "Access denied\nPlease verify you are human.", KEPT_OUT),
        ("Access denied", "Access denied.", KEPT_OUT),
        ("Zugriff verweigert", "Sie haben keine Berechtigung, diese Seite anzusehen.", KEPT_OUT),
        ("Accès refusé", "Vous n’avez pas l’autorisation d’accéder à cette page.", KEPT_OUT),
        ("Tarnhead Outfitters", "JavaScript is disabled. You need to enable JavaScript to run this app.", SCRIPTS),
        ("shop", "We're sorry but shop doesn't work properly without JavaScript enabled. Enable JavaScript.", SCRIPTS),
        ("Laden", "JavaScript ist deaktiviert. Bitte aktivieren Sie JavaScript, um diese Seite zu nutzen.", SCRIPTS),
        ("Boutique", "JavaScript est désactivé. Veuillez activer JavaScript pour continuer.", SCRIPTS),
    ],
)
def test_what_a_site_serves_in_place_of_a_page_is_known(title: str, text: str, found: Wall) -> None:
    assert wall(title, text) is found


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Access Denied", "A thriller about a hacker who is locked out of her own house. 98 minutes."),
        ("Maintenance", "A handyman for gardens. Nginx runs his site."),
        ("Under maintenance", "A novel about a lighthouse."),
        ("Wartung", "Wartung von Heizungen in Kiel und Umgebung."),
        ("The listing", "The listing may have been sold."),
        ("404", "Try our tapas, from six until late."),
        ("Not Found", "A novel in letters by a lighthouse keeper."),
        ("Just a Moment", "A wristwatch with one hand. Please wait two weeks for delivery."),
        ("Forbidden Garden", "Forbidden plants, from hemlock to henbane, behind a locked gate."),
        ("Error 404, explained", "The page was not found. " + "This lesson says why servers answer so. " * 3),
        ("Page not found", "The page was not found. " + "What browsers show then has a history of its own. " * 20),
        ("JavaScript for beginners", "Learn to enable JavaScript features in ten weeks, with exercises."),
        ("Red lamp", "This product is no longer available."),
        ("Rote Lampe", "Diese Lampe gibt es leider nicht mehr in Rot, aber in Blau. Die Seite ist handgemacht."),
        ("Escape room", "Access denied? Solve the puzzle of the security check, and you are out within the hour."),
        ("Vermisst", "Ein Krimi. Die gesuchte Seite des Tagebuchs wurde nicht gefunden, der Täter schon."),
        ("Page not found", ""),
        ("Page not found", "The page was not found.\nA poem."),
        ("Red lamp", "Access denied. Please try again later."),
        ("Fiat", "500"),
        ("Peugeot 504", "504"),
        ("404", "504"),
        ("Frontend developer", "JavaScript is required."),
        ("The Page bookshop", "The Page bookshop has moved to 12 Mill Road Bath."),
        ("How do I see the map?", "Please enable JavaScript to use the map."),
        ("Gate", "Access denied."),
        ("Data", "The file will be deleted after 30 days."),
        ("Rotes Sofa | Produkt nicht verfügbar", "Dieses Produkt ist nicht mehr auf Lager."),
        *(
            (title, text)
            for title in ("A", "Page not found")
            for text in (
                "This address has moved to 5 High Street, come and see us there.",
                "The Page is a pub in Leeds, not available for private hire.",
                "You need to enable cookies to order.",
                "Please complete the security check at the gate before you start the shift.",
                "Your access is blocked on Mondays; the gate at Mill Lane is open.",
                "Die linke Seite kann entfernt werden.",
                "Die Datei wird nach 30 Tagen gelöscht.",
                "Bitte aktivieren Sie JavaScript, um die Karte zu sehen.",
                "La page de garde a été supprimée de cette édition.",
                "Accès interdit au public",
            )
        ),
    ],
)
def test_a_page_that_says_anything_else_stays(title: str, text: str) -> None:
    assert wall(title, text) is None


def test_a_title_of_spaces_and_a_text_like_a_wall_are_read_in_no_time() -> None:
    began = perf_counter()
    wall("x" + " " * 200_000 + "y", "Access denied. Please verify you are human.")
    for _ in range(1_000):
        wall("Tent", "The page " * 70)
    assert perf_counter() - began < 0.5
