"""What a text says no to: what it denies contradicts a wish, and praise does not, in English, German and French."""

from __future__ import annotations

import pytest

from firstfive.build.describe import passages, row_spans
from firstfive.rank import explain, lacks
from firstfive.rank.denial import sides
from firstfive.rank.standing import Texts, asked
from firstfive.types import Item, ItemId, StampId, Wish


def rows(table: str) -> list[tuple[str, str]]:
    """(wish, sentence) of each line."""
    parted = (line.split(" | ") for line in table.strip().splitlines())
    return [(wish.strip(), says) for wish, says in parted]


DENIED = rows(
    """
    cakes | We do not bake cakes.
    children's parties | We do not host children's parties.
    electric | No mechanism, nothing electric.
    Warmes | Nichts Warmes.
    chaud | Rien de chaud.
    motor | No motor on this one.
    dogs | No dogs with us.
    Hunde | Keine Hunde bei uns.
    my old 78s | Plays 33 and 45 only, not 78s.
    Podologin für Diabetiker | Diabetiker darf ich nicht behandeln.
    halal | Koscher und halal haben wir nicht im Angebot.
    semaine | En semaine nous ne travaillons pas.
    chiens | Les chiens nous ne prenons pas.
    French | We do not speak French.
    Leeds | We don't travel to Leeds.
    children | We don't work with children.
    children | Has never lived with children.
    jazz | We don't play jazz.
    Französisch | Wir sprechen nicht Französisch.
    Monday | Closed on Mondays.
    Tuesday | Open daily, closed Mondays and Tuesdays.
    Montag | Montags geschlossen.
    lundi | Fermé le lundi.
    dogs | Please leave dogs at home.
    vegetarians | We have little for vegetarians.
    cats | Small dogs welcome. I am allergic to cats.
    parking | We don't offer parking.
    dogs | We cannot take dogs.
    children | We are unable to host and do not accept children.
    lift | The house does not have a lift.
    lift | We haven't got a lift.
    sauna | There isn't a sauna.
    breakfast | Breakfast is not included.
    breakfast | We never serve breakfast.
    pool | Sorry, no pool.
    pool | There is no pool.
    online | This course is not online.
    plums | No apples, pears or plums.
    children | No pets, smokers or children.
    cats | We do not allow dogs, parrots or cats.
    mortgages | We do not sell mortgages.
    wine | We don't stock wine.
    wifi | The cabin has no wifi.
    garden | A flat without a garden.
    loans | They do not provide loans.
    windows | We do not repair windows.
    nuts | Our bars are nut free.
    bread | We currently don't bake bread.
    franchise | We are not a franchise.
    experience | Neither training nor experience is offered.
    credit cards | We do not accept credit cards.
    gluten | Gluten free cakes.
    smoking | Smoking is not permitted.
    remote | The job is not remote.
    kitchen | The room doesn't include a kitchen.
    delivery | We don't do delivery.
    Hunde | Wir nehmen keine Hunde.
    Heizung | Heizungen bieten wir nicht an.
    Garten | Die Wohnung hat keinen Garten.
    Parkplatz | Es gibt keinen Parkplatz.
    Kinder | Kinder nehmen wir nicht auf.
    Frühstück | Frühstück bieten wir leider nicht an.
    Sauna | Ein Haus ohne Sauna.
    Balkon | Die Wohnung verfügt nicht über einen Balkon.
    Aufzug | Kein Aufzug, kein Keller.
    Haustiere | Haustiere sind nicht gestattet.
    Fahrräder | Wir verleihen keine Fahrräder.
    Fahrräder | Fahrräder verleihen wir nicht.
    Kuchen | Wir backen keine Kuchen.
    Katzen | Keine Hunde, Vögel oder Katzen.
    Küche | Eine Küche ist nicht vorhanden.
    Raucher | Raucher akzeptieren wir nicht.
    Pool | Einen Pool haben wir nicht.
    Yoga | Yoga unterrichten wir nicht.
    Garantie | Wir geben keine Garantie.
    Versand | Versand bieten wir derzeit nicht an.
    barrierefrei | Das Haus ist nicht barrierefrei.
    Kredite | Wir vergeben keine Kredite.
    Kaminholz | Kaminholz liefern wir nicht.
    jardin | L'appartement n'a pas de jardin.
    chiens | Nous n'acceptons pas les chiens.
    parking | Il n'y a pas de parking.
    piscine | Une maison sans piscine.
    petit déjeuner | Nous ne servons pas de petit déjeuner.
    chauffage | Nous ne faisons pas de chauffage.
    enfants | Nous n'accueillons pas les enfants.
    ascenseur | Aucun ascenseur.
    ascenseur | La maison ne dispose pas d'ascenseur.
    balcon | Pas de balcon.
    gâteaux | Nous ne vendons pas de gâteaux.
    cuisine | Le studio ne possède pas de cuisine.
    chats | Pas de chiens, de lapins ou de chats.
    sauna | Nous n'avons pas de sauna.
    fumeurs | Nous n'acceptons jamais les fumeurs.
    vélos | Nous ne louons pas de vélos.
    wifi | Il n'y a pas de wifi.
    crédits | Nous n'accordons aucun crédit.
    livraison | Nous n'offrons pas la livraison.
    garage | La location n'inclut pas le garage.
    mariages | Nous n'organisons pas de mariages.
    terrasse | Sans terrasse ni balcon.
    animaux | Les animaux ne sont pas autorisés.
    en ligne | Le cours n'est pas en ligne.
    horses | We do not keep horses.
    internet | There is neither internet nor television.
    television | There is neither internet nor television.
    gluten-free bread | Our bread is not gluten-free.
    Terrasse | Weder Balkon noch Terrasse.
    WLAN | WLAN gibt es nicht.
    télévision | Ni internet ni télévision.
    cartes bancaires | Nous ne prenons pas les cartes bancaires.
    Hunde | Wir haben Ponys und Hunde nehmen wir nicht auf.
    Hunde | Hunde und Katzen nehmen wir nicht auf.
    dogs | Please do not bring dogs.
    cats | She cannot live with cats.
    churches | Churches are not funded.
    drones | Drones are not considered.
    vegans | Vegans are not catered for.
    vegetarians | Vegetarians are not well served.
    companies | Companies cannot apply.
    agencies | Agencies need not apply.
    goats | Goats can't come because of the roses.
    laptops | Laptops are excluded.
    travel | Travel is out of scope.
    brokers | Brokers have been turned down.
    organs | Roofs are not funded, nor are organs.
    organs | We fund roofs; neither do we fund organs.
    salaries | We do not pay salaries or rent.
    salaries | Nor do we pay salaries.
    dementia | We are not able to care for dementia.
    nursing | The home is not registered for nursing.
    pumps | We no longer make pumps.
    adverts | We refuse adverts.
    catering | We leave catering to others.
    wifi | We have left the wifi out on purpose.
    Löhne | Löhne werden nicht gefördert.
    Löhne | Löhne fördern wir nicht.
    Reisen | Reisen sind ausgeschlossen.
    Vereine | Vereine können sich nicht bewerben.
    Vereine | Vereine dürfen keine Anträge stellen.
    Werbung | Werbung lehnen wir ab.
    Werbung | Wir lehnen Werbung ab.
    Werbung | Wir verzichten auf Werbung.
    Lastwagen | Lastwagen haben wir keine.
    Verkauf | Ein Verkauf ist nicht geplant.
    waiting list | There is no waiting list at present.
    Warteliste | Im Moment gibt es keine Warteliste.
    salaires | Les salaires ne sont pas financés.
    salaires | Les salaires sont exclus.
    associations | Les associations ne peuvent pas candidater.
    publicité | Nous refusons la publicité.
    camions | Des camions, nous n'en avons pas.
    pain | Nous ne faisons plus de pain.
    funding to open a casino | We do not fund casinos.
    owner wants to sell | The owner is not looking to sell.
    Eigentümer will verkaufen | Der Eigentümer will nicht verkaufen.
    """
)
HAD = rows(
    """
    garden | You won't find a nicer garden.
    bread | Nothing but the best bread.
    parking | Parking costs nothing.
    beach | Not 10 minutes to the beach.
    bakery | Not number 2 but the No. 1 bakery.
    Hunde | Unsere Hunde können wir nicht genug loben.
    week-end | Le week-end nous ne fermons pas.
    jardin | Notre jardin on ne s'en lasse pas.
    chair | I do not do gents and I need a chair.
    Stuhl | Ich schneide keine Bärte und ich brauche einen Stuhl.
    grow salad | There is no bending or kneeling to grow your salad.
    garden | A closed garden for dogs.
    everyone | There is a little for everyone.
    breakfast | No better breakfast in town.
    pool | Never a dull moment by our pool.
    pool | We never close the pool.
    spa | You will not regret our spa.
    garden | We could not be prouder of our garden.
    park | It could not be easier to park.
    breakfast | Nothing beats our breakfast.
    sauna | Don't miss the sauna.
    garden | No visit is complete without the garden.
    sauna | Sauna free to use.
    bikes | Bikes free to borrow.
    parking | Parking free of charge.
    bakery | We are the No. 1 bakery in Leeds.
    bread | We bake not only bread but also cakes.
    garden | Not just a garden, a park.
    cakes | No wonder our cakes win prizes.
    bakery | No doubt the best bakery here.
    dogs | Dogs are no problem.
    dogs | No problem, dogs can come.
    wine | Why not try our wine?
    dog | Whether or not you bring a dog, you are welcome.
    bakery | One of the best, if not the best bakery in town.
    bread | They bake nothing but bread.
    beach | No more than five minutes to the beach.
    rooms | No less than twelve rooms.
    pool | A garden, not to mention the pool.
    sauna | Last but not least, the sauna.
    guides | We cannot praise our guides enough.
    coffee | You will never forget our coffee.
    view | You will not be disappointed by the view.
    dogs | Come with or without dogs.
    sailing | No experience of sailing needed.
    kayaks | Kayaks free for guests.
    breakfast | You can't beat our breakfast.
    kitchen | The kitchen never fails to impress.
    garden | There is no prettier garden.
    service | We never compromise on service.
    children | Do not hesitate to bring children.
    Garten | Unser Garten lässt keine Wünsche offen.
    Frühstück | Sie werden das Frühstück nicht vergessen.
    Sauna | Sie werden die Sauna nicht bereuen.
    Pool | Wir schließen den Pool nie.
    Garten | Einen schöneren Garten finden Sie nicht.
    Frühstück | Kein besseres Frühstück weit und breit.
    Brot | Nicht nur Brot, sondern auch Kuchen.
    Bäckerei | Kein Wunder, dass unsere Bäckerei beliebt ist.
    Hunde | Hunde sind kein Problem.
    Parkplatz | Ohne Zweifel der beste Parkplatz.
    Wein | Warum nicht unseren Wein probieren?
    Hund | Mit oder ohne Hund willkommen.
    Bäckerei | Die beste, wenn nicht sogar die einzige Bäckerei.
    Strand | Nicht mehr als fünf Minuten zum Strand.
    Sauna | Nicht zuletzt wegen der Sauna.
    Pool | Nicht zu vergessen der Pool.
    Garten | Kein Besuch ohne den Garten.
    Blick | Den Blick sollten Sie nicht verpassen.
    Kinder | Zögern Sie nicht, Kinder mitzubringen.
    Kaffee | Lassen Sie sich unseren Kaffee nicht entgehen.
    jardin | Vous n'oublierez pas notre jardin.
    piscine | Ne manquez pas notre piscine.
    spa | Vous ne regretterez pas notre spa.
    piscine | Nous ne fermons jamais la piscine.
    petit déjeuner | Il n'y a pas de meilleur petit déjeuner.
    pain | Pas seulement du pain, des gâteaux aussi.
    boulangerie | Sans doute la meilleure boulangerie.
    chiens | Aucun problème pour les chiens.
    chiens | Les chiens, pas de souci.
    vin | Pourquoi pas notre vin ?
    chien | Avec ou sans chien.
    boulangerie | La meilleure, sinon la seule boulangerie.
    plage | Pas plus de cinq minutes jusqu'à la plage.
    sauna | Sans oublier le sauna.
    jardin | Pas de visite sans le jardin.
    enfants | N'hésitez pas à venir avec vos enfants.
    vue | Vous ne serez pas déçus par la vue.
    café | Vous ne trouverez pas de meilleur café.
    mer | Vous ne pouvez pas rêver plus belle mer.
    sauna | À ne pas manquer : le sauna.
    Leeds | Never visit Leeds without an umbrella.
    tea | Nowhere serves better tea.
    lake | Do not leave without a swim in the lake.
    Kinder | Kinder stören uns nicht.
    Honig | Besseren Honig gibt es nicht.
    lac | Ne partez pas sans voir le lac.
    thé | On ne se lasse pas de notre thé.
    projects | Projects not funded elsewhere are welcome.
    students | Students need not apply for a visa.
    comfort | We refuse to cut comfort.
    garden | We left nothing out: garden, pool, sauna.
    Komfort | Bei uns müssen Sie nicht auf Komfort verzichten.
    Komfort | Wir verzichten nicht auf Komfort.
    Hunde | Hunde schließen wir ins Herz.
    chiens | Nous ne refusons pas les chiens.
    visit | A visit of no longer than two hours.
    sheep | Sheep are funded, as are goats.
    village hall with a kitchen | A village hall. No kitchen porter needed.
    little washing up | One pot and hardly any washing up.
    less paperwork | A short form without paperwork.
    not much driving | No driving, all by train.
    lactose intolerant | Made with lactose-free milk.
    wenig Bürokratie | Ein Formular, keine Bürokratie.
    peu de marche | Pas de marche, tout en bus.
    """
)
UNSURE = rows(
    """
    dogs | You won't find dogs here.
    clean | We don't do builders' cleans.
    parties | We do not host children's parties.
    Hunde | Unsere Hunde möchte ich nicht tauschen.
    Färben | Färben mache ich zu Hause nicht.
    smoking | No smoking in this house.
    car | You do not need a car.
    garden | He does not require a garden.
    bathroom | You do not have to share a bathroom.
    Hunde | Hunde kennt er nicht.
    chats | Il ne connaît pas les chats.
    """
)


def said(wish: str, says: str) -> tuple[bool, str, bool]:
    """Whether an item of this sentence lacks what is wished; the kind of its mismatch; whether it has a reason."""
    item = Item(ItemId("a"), "", says, passages(says), {}, StampId("s"))
    wishes = (Wish(wish, 0, len(wish)),)
    reason, mismatch = explain(item, row_spans(item.title, item.text, item.passages), wishes, None)
    return lacks(item, wishes), mismatch.kind if mismatch else "", reason is not None


@pytest.mark.parametrize(("wish", "says"), DENIED)
def test_what_a_sentence_denies_is_lacked_and_contradicts_the_wish(wish: str, says: str) -> None:
    assert said(wish, says) == (True, "contradicted", False)


@pytest.mark.parametrize(("wish", "says"), HAD)
def test_praise_and_a_no_to_something_else_take_back_nothing(wish: str, says: str) -> None:
    assert said(wish, says) == (False, "", True)


@pytest.mark.parametrize(("wish", "says"), UNSURE)
def test_a_no_to_a_verb_that_does_not_tell_is_neither_a_reason_nor_a_contradiction(wish: str, says: str) -> None:
    assert said(wish, says) == (False, "", False)


def test_what_is_only_called_last_is_denied_too() -> None:
    assert said("last minute bookings", "No last minute bookings.")[1:] == ("contradicted", False)


@pytest.mark.parametrize("wish", ["private garden", "large private garden"])
def test_a_no_to_a_verb_that_does_not_tell_contradicts_no_wish_of_several_words(wish: str) -> None:
    assert said(wish, "You won't believe our large private garden.")[:2] == (False, "")


@pytest.mark.parametrize(
    ("request_", "wanted", "unwanted"),
    [
        ("bread without sugar", ["bread"], ["sugar"]),
        ("glutenfreies Brot", ["brot"], ["gluten"]),
        ("my son can't eat nuts", ["son"], ["nuts"]),
        ("gluten free bread", ["bread"], ["gluten"]),
        ("parking free of charge", ["parking", "free", "charge"], []),
        ("sauna free to use", ["sauna", "free", "use"], []),
        ("a little garden", ["garden"], []),
        ("less than two rooms", ["rooms"], []),
    ],
)
def test_a_request_is_read_for_what_it_says_no_to(request_: str, wanted: list[str], unwanted: list[str]) -> None:
    assert asked(request_)[:2] == (tuple(wanted), tuple(unwanted))


def test_who_never_does_something_is_asked_for_either_way() -> None:
    assert sorted(asked("customers who never move")[2]) == ["move"]


def test_each_part_of_a_list_is_denied_and_what_stands_behind_a_word_is_so_with_it_only() -> None:
    found = sides("We do not take large dogs, cats or parrots.")
    assert {"large", "dogs", "cats", "parrots"} <= found.denied
    assert "dogs" not in found.held
    assert sides("We do not take large dogs.").qualified == {"dogs"}


NO_MORE = rows(
    """
    labellers | We used to make labellers but sold that line.
    family owned | The Wright family sold to a paper group.
    family company | Having been a family company, it was bought by a group.
    bread | No bread needed.
    Brot | Kein Brot nötig.
    pain | Autrefois nous faisions du pain.
    Glocken | Ehemals eine Fabrik für Glocken.
    """
)


@pytest.mark.parametrize(("wish", "says"), NO_MORE)
def test_what_is_so_no_more_or_need_not_be_is_no_reason(wish: str, says: str) -> None:
    assert not said(wish, says)[2]


def taken_back(said: str, says: str) -> bool:
    return Texts([says]).taken_back(said) == [True]


def test_a_text_that_only_says_no_is_no_reason_by_being_near() -> None:
    assert taken_back("medical device maker", "Not a dental lab.")
    assert not taken_back("medical device maker", "Not a dental lab: we make hips.")
    assert not taken_back("labellers", "We used to make pumps. Now we make labellers.")
    assert not taken_back("no experience needed", "No experience needed.")
    assert not taken_back("machines", "A machine used to make bread.")


@pytest.mark.parametrize(
    ("wish", "says", "asked_for"),
    [
        ("I can't read music", "You need to read music well.", True),
        ("cannot climb stairs", "You have to climb two flights of stairs.", True),
        ("kann keine Noten lesen", "Sie müssen Noten lesen können.", True),
        ("je ne sais pas lire la musique", "Il faut lire la musique.", True),
        ("I can't read music", "You don't need to read music.", False),
        ("I can't read music", "No need to read music.", False),
        ("I can't read music", "You learn to read music.", False),
        ("I never read music", "You need to read music well.", False),
        ("kann keine Noten lesen", "Sie müssen keine Noten lesen können.", False),
        ("je ne sais pas nager", "Il ne faut pas savoir nager.", False),
    ],
)
def test_what_an_item_asks_for_contradicts_who_cannot_do_it(wish: str, says: str, asked_for: bool) -> None:
    assert (said(wish, says)[1] == "contradicted") == asked_for
