#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes people.csv and do-not-contact.txt beside this file, always with the same bytes.

Nobody in them is real: names are drawn from lists of common names, addresses lie in the domains
that RFC 2606 and RFC 6761 reserve, and numbers in ranges that regulators keep for fiction (United
Kingdom, United States, France, Germany, Sweden) or under +999, which is no country's code.
What the odd rows are for stands in README.md, which the tests hold against the file.

    python3 make_people.py [FOLDER]      FOLDER: where to write instead
"""

import pathlib
import sys

ROWS = 2000
COLUMNS = (
    "user_id,email,mobile_number,first_name,last_name,language,timezone,email_subscription,"
    "sms_subscription,marketingConsent,newsletter,city,birth_date,loyalty_points"
).split(",")


class Dice:
    """SplitMix64: the same numbers with every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        return (mixed ^ (mixed >> 31)) % limit

    def pick(self, values):
        return values[self.below(len(values))]

    def one_in(self, count):
        return self.below(count) == 0


def people(language, places, phone, first, last):
    """A group of people: names are `native=latin`, or just `latin`; places are `city|zone`."""
    def names(text):
        pairs = [name.strip().partition("=") for name in text.split(",")]
        return [(native, latin or native) for native, _, latin in pairs]

    pairs = [tuple(place.split("|")) for place in places.split(";")]
    return {
        "language": language, "places": pairs, "phone": phone,
        "first": names(first), "last": names(last),
    }


GROUPS = [
    people(
        "en", "London|Europe/London;Leeds|Europe/London;Cardiff|Europe/London;Perth, Scotland|Europe/London", "gb",
        "Amelia, Oliver, Isla, Harry, Freya, George, Poppy, Callum, Rhys, Siân=Sian, Aoife, Deepa",
        "Hughes, Patel, Clarke, O'Brien, Whitfield, Sutton-Hale, MacLeod, Okafor, Barnes, Lloyd"),
    people(
        "en", "Washington, D.C.|America/New_York;Chicago|America/Chicago;Denver|America/Denver;San José|America/Los_Angeles;Honolulu|Pacific/Honolulu", "us",
        "Ava, Liam, Zoë=Zoe, Mason, José=Jose, Renée=Renee, Wilhelmina \"Mina\"=mina, Tyrone, Grace, Diego",
        "Johnson, Nguyen, Ramirez, \"Lucky\" Adams=adams, Van Buren, Peña=Pena, Kowalski, Lee, D'Angelo, Brooks"),
    people(
        "fr", "Paris|Europe/Paris;Orléans|Europe/Paris;Château-Thierry|Europe/Paris;Saint-Denis\nLa Réunion|Indian/Reunion", "fr",
        "Chloé=Chloe, Théo=Theo, Zélie=Zelie, François=Francois, Maëlys=Maelys, Loïc=Loic, Anaïs=Anais, Noël=Noel, Inès=Ines, Jérôme=Jerome",
        "Lefèvre=Lefevre, Dubois, Garçon=Garcon, L'Hôte=L'Hote, Bérénger=Berenger, Nuñez-Faure=Nunez-Faure, Müller=Muller, Crête=Crete, Œuvrard=Oeuvrard"),
    people(
        "nl", "Antwerpen|Europe/Brussels;Gent|Europe/Brussels;Utrecht|Europe/Amsterdam;'s-Hertogenbosch|Europe/Amsterdam", "none",
        "Sanne, Daan, Noor, Sem, Liesbeth, Joris, Fleur, Thijs, Zoë=Zoe, Wout",
        "de Vries=deVries, van den Berg=vandenBerg, Peeters, Janssens, 't Hooft=tHooft, Claes, Visser, Maes, Özdemir=Ozdemir"),
    people(
        "de", "Köln|Europe/Berlin;Gießen|Europe/Berlin;Wien|Europe/Vienna;Zürich|Europe/Zurich", "de",
        "Jürgen=Juergen, Lena, Björn=Bjoern, Käthe=Kaethe, Matthias, Sophie, Jörg=Joerg, Hannelore, Ayşe=Ayse, Emil",
        "Müller=Mueller, Strauß=Strauss, Weiß=Weiss, Schröder=Schroeder, von der Aue=vonderAue, Yılmaz=Yilmaz, Böhm=Boehm, Kraus, Lang"),
    people(
        "sv", "Göteborg|Europe/Stockholm;Malmö|Europe/Stockholm;Umeå|Europe/Stockholm", "se",
        "Åsa=Asa, Björn=Bjorn, Linnéa=Linnea, Göran=Goran, Maja, Örjan=Orjan, Elsa, Nils",
        "Ångström=Angstrom, Lindqvist, Sjöberg=Sjoberg, Öberg=Oberg, Nyström=Nystrom, Hallén=Hallen, Dahl"),
    people(
        "pl", "Łódź|Europe/Warsaw;Kraków|Europe/Warsaw;Gdańsk|Europe/Warsaw", "none",
        "Łukasz=Lukasz, Małgorzata=Malgorzata, Zbigniew, Żaneta=Zaneta, Jędrzej=Jedrzej, Oliwia, Paweł=Pawel",
        "Wójcik=Wojcik, Zieliński=Zielinski, Dąbrowska=Dabrowska, Kaczmarek, Szczęsna=Szczesna, Nowak"),
    people(
        "cs", "Plzeň|Europe/Prague;Brno|Europe/Prague", "none",
        "Jiří=Jiri, Tereza, Ondřej=Ondrej, Zdeňka=Zdenka, Věra=Vera, Matěj=Matej",
        "Dvořák=Dvorak, Růžičková=Ruzickova, Němec=Nemec, Šťastný=Stastny, Horák=Horak"),
    people(
        "es", "A Coruña|Europe/Madrid;Las Palmas|Atlantic/Canary;Bogotá|America/Bogota", "none",
        "Íñigo=Inigo, María José=MariaJose, Begoña=Begona, Andrés=Andres, Lucía=Lucia, Xoán=Xoan",
        "Núñez=Nunez, García Molina=GarciaMolina, Ibáñez=Ibanez, Peña=Pena, Rodríguez=Rodriguez"),
    people(
        "pt", "São Paulo|America/Sao_Paulo;Évora|Europe/Lisbon", "none",
        "João=Joao, Inês=Ines, Conceição=Conceicao, Tomás=Tomas, Letícia=Leticia",
        "Gonçalves=Goncalves, Magalhães=Magalhaes, Araújo=Araujo, dos Santos=dosSantos"),
    people(
        "tr", "İzmir|Europe/Istanbul;Muğla|Europe/Istanbul", "none",
        "Çağla=Cagla, İbrahim=Ibrahim, Şule=Sule, Ömer=Omer, Işıl=Isil",
        "Yıldız=Yildiz, Öztürk=Ozturk, Güneş=Gunes, Çelik=Celik"),
    people(
        "vi", "Đà Nẵng|Asia/Ho_Chi_Minh;Huế|Asia/Ho_Chi_Minh", "none",
        "Thị Hương=ThiHuong, Minh Đức=MinhDuc, Quỳnh=Quynh, Tuấn=Tuan",
        "Nguyễn=Nguyen, Trần=Tran, Phạm=Pham, Đặng=Dang"),
    people(
        "el", "Αθήνα|Europe/Athens;Θεσσαλονίκη|Europe/Athens;Ηράκλειο|Europe/Athens", "none",
        "Ελένη=Eleni, Γιώργος=Giorgos, Κατερίνα=Katerina, Δημήτρης=Dimitris, Ιωάννα=Ioanna, Στέλιος=Stelios",
        "Παπαδοπούλου=Papadopoulou, Νικολαΐδης=Nikolaidis, Βλάχος=Vlachos, Οικονόμου=Oikonomou, Αγγελής=Angelis"),
    people(
        "bg", "София|Europe/Sofia;Пловдив|Europe/Sofia", "none",
        "Иванка=Ivanka, Георги=Georgi, Цветелина=Tsvetelina, Красимир=Krasimir",
        "Димитрова=Dimitrova, Стоянов=Stoyanov, Йорданова=Yordanova, Щерев=Shterev"),
    people(
        "uk", "Київ|Europe/Kyiv;Львів|Europe/Kyiv;Чернівці|Europe/Kyiv", "none",
        "Олена=Olena, Тарас=Taras, Їванна=Yivanna, Мар'яна=Mariana, Юрій=Yurii, Соломія=Solomiia",
        "Шевчук=Shevchuk, Коваленко=Kovalenko, Ґонта=Gonta, В'юн=Viun, Бондаренко=Bondarenko"),
    people(
        "ar", "القاهرة|Africa/Cairo;الدار البيضاء|Africa/Casablanca;عمّان|Asia/Amman", "none",
        "فاطمة=Fatima, محمد=Mohamed, سلمى=Salma, يوسف=Youssef, نور=Nour, خالد=Khaled",
        "الحسن=Alhassan, منصور=Mansour, العلوي=Alaoui, حدّاد=Haddad, سليمان=Suleiman"),
    people(
        "he", "תל אביב-יפו|Asia/Jerusalem;חיפה|Asia/Jerusalem", "none",
        "נועה=Noa, איתי=Itai, תמר=Tamar, יונתן=Yonatan, שירה=Shira",
        "כהן=Cohen, לוי=Levi, מזרחי=Mizrahi, בן־דוד=BenDavid"),
    people(
        "zh", "上海|Asia/Shanghai;台北|Asia/Taipei;香港|Asia/Hong_Kong", "none",
        "伟=Wei, 秀英=Xiuying, 建国=Jianguo, 美玲=Meiling, 志豪=Zhihao, 雨婷=Yuting",
        "王=Wang, 李=Li, 張=Zhang, 刘=Liu, 歐陽=Ouyang, 陈=Chen"),
    people(
        "ja", "東京|Asia/Tokyo;大阪|Asia/Tokyo;札幌|Asia/Tokyo", "none",
        "さくら=Sakura, 健太=Kenta, 千尋=Chihiro, タロウ=Taro, 陽菜=Hina, 翔=Sho",
        "佐藤=Sato, 髙橋=Takahashi, 鈴木=Suzuki, 渡邊=Watanabe, 伊藤=Ito"),
    people(
        "ko", "서울|Asia/Seoul;부산|Asia/Seoul", "none",
        "지우=Jiwoo, 민준=Minjun, 서연=Seoyeon, 하은=Haeun, 도윤=Doyun",
        "김=Kim, 이=Lee, 박=Park, 최=Choi, 남궁=Namgung"),
    people(
        "hi", "मुंबई|Asia/Kolkata;दिल्ली|Asia/Kolkata;वाराणसी|Asia/Kolkata", "none",
        "प्रिया=Priya, अर्जुन=Arjun, क्षितिज=Kshitij, ऋतु=Ritu, श्रेया=Shreya",
        "शर्मा=Sharma, पटेल=Patel, त्रिवेदी=Trivedi, कृष्णन=Krishnan"),
]

DOMAINS = [
    "example.com", "example.org", "example.net", "mail.example.com", "post.example.org",
    "kiosk.test", "atelier.test", "garden-club.test",
]


def local_part(first, last, dice):
    def plain(name):
        return "".join(c for c in name.lower() if c.isascii() and c.isalnum())

    shapes = [
        f"{plain(first)}.{plain(last)}", f"{plain(first)[0]}{plain(last)}",
        f"{plain(last)}_{plain(first)}", f"{plain(first)}+news", f"{plain(first)}",
    ]
    return dice.pick(shapes)


def digits_of(kind, dice):
    """The country code, the rest, and a way of writing it that people use."""
    if kind == "gb":
        rest = f"7700900{dice.below(1000):03d}"
        return "44", rest, f"+44 {rest[:4]} {rest[4:]}"
    if kind == "us":
        area = dice.pick(["202", "212", "305", "312", "415", "503", "617", "713"])
        line = f"01{dice.below(100):02d}"
        return "1", f"{area}555{line}", f"+1 ({area}) 555-{line}"
    if kind == "fr":
        rest = f"63998{dice.below(10000):04d}"
        return "33", rest, f"+33 {rest[0]}." + ".".join(rest[i:i + 2] for i in (1, 3, 5, 7))
    if kind == "de":
        rest = dice.pick(["17139200", "176040690"]) + f"{dice.below(100):02d}"
        return "49", rest, f"+49 {rest[:3]} {rest[3:]}"
    if kind == "se":
        rest = f"7017406{5 + dice.below(95):02d}"
        return "46", rest, f"+46 {rest[:2]}-{rest[2:5]} {rest[5:7]} {rest[7:]}"
    rest = f"{dice.below(10**9):09d}"
    return "999", rest, f"+999 {rest[:3]} {rest[3:6]} {rest[6:]}"


def mobile_number(kind, dice):
    code, rest, spoken = digits_of(kind, dice)
    return dice.pick([code + rest, "+" + code + rest, "00" + code + rest, spoken])


YES = ["1", "true", "yes", "y", "TRUE", "Yes"]
NO = ["0", "false", "no", "n", "FALSE"]


def truth(value, dice):
    return dice.pick(YES if value else NO)


class Maker:
    def __init__(self):
        self.dice = Dice(20260917)
        self.ids = set()
        self.addresses = set()

    def new_id(self):
        while True:
            text = f"M{self.dice.below(900_000) + 100_000}"
            if text not in self.ids:
                self.ids.add(text)
                return text

    def new_address(self, first, last):
        domain = self.dice.pick(DOMAINS)
        stem = local_part(first, last, self.dice)
        text, number = f"{stem}@{domain}", 1
        while text in self.addresses:
            number += 1
            name, plus, tag = stem.partition("+")
            text = f"{name}{number}{plus}{tag}@{domain}"
        self.addresses.add(text)
        return text

    def person(self):
        dice = self.dice
        group = dice.pick(GROUPS)
        (first, first_latin), (last, last_latin) = dice.pick(group["first"]), dice.pick(group["last"])
        city, zone = dice.pick(group["places"])
        has_number = group["phone"] != "none" or dice.one_in(2)
        return {
            "user_id": self.new_id(),
            "email": self.new_address(first_latin, last_latin),
            "mobile_number": mobile_number(group["phone"], dice) if has_number else "",
            "first_name": "" if dice.one_in(80) else first,
            "last_name": last,
            "language": group["language"],
            "timezone": zone,
            "email_subscription": truth(True, dice),
            "sms_subscription": truth(not dice.one_in(4), dice) if has_number else "",
            "marketingConsent": "" if dice.one_in(12) else truth(not dice.one_in(3), dice),
            "newsletter": "" if dice.one_in(9) else truth(not dice.one_in(3), dice),
            "city": city,
            "birth_date": "" if dice.one_in(10) else
            f"{1940 + dice.below(67)}-{1 + dice.below(12):02d}-{1 + dice.below(28):02d}",
            "loyalty_points": "" if dice.one_in(15) else str(dice.below(10_000)),
        }


def setting(column, *values):
    """One odd row for each value: a plain person with that value in a column."""
    def change(value):
        return lambda row, others: row.__setitem__(column, value)

    return [change(value) for value in values]


def without_last_columns(row, others):
    row["fields"] = [row[column] for column in COLUMNS[:-2]]


def with_one_column_more(row, others):
    row["fields"] = [row[column] for column in COLUMNS] + ["spring fair"]


def with_unquoted_comma(row, others):
    row["line"] = ",".join(row[column] for column in COLUMNS[:11]) + ",Ghent, Belgium,1980-05-04,12"
    for symbol in ('"', "\n"):
        row["line"] = row["line"].replace(symbol, " ")


def same_person_again(row, others):
    twin = others()
    row.update(twin, loyalty_points="1")


def same_id_for_another(row, others):
    row["user_id"] = others()["user_id"]


def same_address_as_another(row, others):
    row["email"] = others()["email"]


def number_without_permission(row, others):
    row.update(mobile_number="447700900123", sms_subscription="")


def without_address(row, others):
    row.update(email="", email_subscription="")


def raw_field(column, value):
    """A field written as it stands, even where CSV would need quotes."""
    def change(row, others):
        row.setdefault("raw", {})[column] = value

    return change


def do_not_contact(row, others):
    row["blocked"] = True


ODD_ROWS = (
    # Refused as a whole.
    [without_last_columns] * 4 + [with_one_column_more] * 3 + [with_unquoted_comma]
    + setting("user_id", "", "", "   ", "\t")
    + [same_person_again] * 3 + [same_id_for_another] * 3
    + setting("birth_date", "31/12/1980", "1981-02-30", "1990-13-01", "yesterday", "1975-6-1")
    + setting("loyalty_points", "12,5", "1e3", "many", "9223372036854775808")
    + setting("email_subscription", "maybe", "2")
    + setting("newsletter", "oui", "on")
    + setting("city", "Llanfairpwllgwyngyll" * 13)
    + setting("first_name", "Ἀλέξανδρος " * 24 + "Ἀλέξανδρος")
    + setting("mobile_number", "07700 900456", "0639981234", "(0171) 3920042")
    + setting("mobile_number", "ask my sister")
    + [raw_field("last_name", b"Garc\xeda"), raw_field("city", b"Bru\x00ges")]
    + [raw_field("last_name", b'"Bo" Lind')]
    # Imported with a warning.
    + setting("language", "xx", "Klingon", "english", "zz-ZZ")
    + setting("timezone", "Europe/Bruxelles", "Mars/Olympus_Mons", "half past two")
    + setting("language", "fr-BE", "fr-BE", "nl_BE", "en-US", "zh-Hant-TW")
    + setting("email_subscription", "", "", "") + [number_without_permission] * 2
    # Imported; their mail is withheld.
    + [without_address] * 8
    + setting(
        "email", "anna.example.com", "lee@@example.org", "maria@example", "tom jones@example.net",
        "li..wei@example.com", "zoë@example.org", "@example.net")
    + setting("email_subscription", *(["0", "false", "no", "N"] * 10))
    + [do_not_contact] * 5 + [same_address_as_another] * 6
)


def make_rows():
    maker = Maker()
    rows = [maker.person() for _ in range(ROWS)]
    # Odd rows stand in the last nine tenths, each of a place of its own; plain rows that others
    # copy from stand in the first tenth, each used once.
    free = list(range(ROWS // 10, ROWS))
    sources = list(range(20, ROWS // 10))

    def others():
        return rows[sources.pop(maker.dice.below(len(sources)))]

    for change in ODD_ROWS:
        change(rows[free.pop(maker.dice.below(len(free)))], others)
    return rows, maker.dice


def field_text(value, dice):
    needs_quotes = any(symbol in value for symbol in ',"\n') or value != value.strip()
    if not needs_quotes and not (value and dice.one_in(25)):
        return value
    return '"' + value.replace('"', '""') + '"'


def line_of(row, dice):
    if "line" in row:
        return row["line"].encode()
    fields = row.get("fields") or [row[column] for column in COLUMNS]
    texts = [field_text(field, dice).encode() for field in fields]
    for column, raw in row.get("raw", {}).items():
        texts[COLUMNS.index(column)] = raw
    return b",".join(texts)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    rows, dice = make_rows()
    lines = [",".join(COLUMNS).encode()] + [line_of(row, dice) for row in rows]
    for position in (400, 1200, 1201):
        lines.insert(position, b"")
    (folder / "people.csv").write_bytes(b"\n".join(lines) + b"\n")
    blocked = sorted(row["email"] for row in rows if row.get("blocked"))
    (folder / "do-not-contact.txt").write_text("\n".join(blocked) + "\n")


if __name__ == "__main__":
    main()
