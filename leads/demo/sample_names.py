"""Names and places of demo leads. Everything is made up; the domains end in .example."""

# country: (weight, first names, last names, cities, language, calling code with the first digits of a mobile, company endings)
COUNTRIES = {
    "RO": (
        34,
        "Ilinca Andreea Mihai Radu Ștefan Ioana Cătălin Mădălina Bogdan Țurcanu Elena Vlad Raluca Gheorghe Anca Florin",
        "Dumitrescu Popescu Ionescu Munteanu Stănescu Țepeș Șerban Constantinescu Mureșan Câmpeanu Ungureanu Bălan",
        "București Cluj-Napoca Timișoara Iași Constanța Brașov Sibiu Oradea Bacău",
        "Romanian",
        "+40 7",
        "SRL SA Impex Logistic",
    ),
    "DE": (
        14,
        "Thomas Katrin Jürgen Sabine Matthias Heike Björn Ute Jörg Annika",
        "Brückner Müller Schäfer Weiß Köhler Hoffmann Schröder Lange Groß",
        "Hannover München Köln Nürnberg Düsseldorf Leipzig",
        "German",
        "+49 15",
        "GmbH AG & Söhne KG",
    ),
    "FR": (
        8,
        "Marie-Claire Éric Hélène Benoît Chloé François Zoé André",
        "Dubois Lefèvre Moreau Garnier D'Aubigné Béranger Fontaine",
        "Lyon Paris Nantes Besançon Orléans",
        "French",
        "+33 6",
        "SARL SAS Frères",
    ),
    "IT": (
        6,
        "Giulia Matteo Niccolò Francesca Lorenzo Chiara",
        "Ferraro Rossi D'Angelo Esposito Conti Morè",
        "Milano Torino Bologna Forlì",
        "Italian",
        "+39 3",
        "SpA Srl Vini",
    ),
    "ES": (
        6,
        "Mateo Lucía José Begoña Íñigo Carmen",
        "Fernández Ruiz García Muñoz Ibáñez Peña",
        "Sevilla Málaga A-Coruña Valencia",
        "Spanish",
        "+34 6",
        "SL SA Olivares",
    ),
    "GB": (
        6,
        "Oliver Grace Harry Aoife Siân Eva adam",
        "Stone Hughes Gallagher O'Brien Wright Fitzgerald-Montgomery",
        "London Leeds Bristol Cardiff",
        "English",
        "+44 7",
        "Ltd plc Partners",
    ),
    "PL": (
        6,
        "Łukasz Agnieszka Wojciech Małgorzata Paweł",
        "Wójcik Kowalczyk Dąbrowski Żak Świątek",
        "Łódź Kraków Gdańsk Poznań",
        "Polish",
        "+48 5",
        "Sp.zo.o. Pak Trans",
    ),
    "HU": (
        4,
        "Zoltán Eszter Gábor Ildikó",
        "Szabó Kovács Nagy Tóth",
        "Budapest Győr Pécs",
        "Hungarian",
        "+36 20",
        "Kft Zrt Form",
    ),
    "CZ": (
        3,
        "Jan Markéta Jiří Šárka",
        "Novák Dvořák Svoboda Říha",
        "Praha Brno Plzeň",
        "Czech",
        "+420 6",
        "s.r.o. a.s. stroj",
    ),
    "DK": (
        2,
        "Søren Mette Åse Bjørn",
        "Østergaard Sørensen Ågård",
        "Aarhus Odense",
        "Danish",
        "+45 2",
        "A/S ApS Energi",
    ),
    "SE": (
        2,
        "Henrik Åsa Göran Märta",
        "Lindqvist Öberg Åkesson",
        "Malmö Göteborg",
        "Swedish",
        "+46 7",
        "AB Timmer",
    ),
    "UA": (
        2,
        "Oleksandra Дмитро Олена Bohdan",
        "Kovalenko Шевченко Bondar",
        "Kyiv Дніпро",
        "Ukrainian",
        "+380 6",
        "ТОВ Agro",
    ),
    "GR": (1, "Eleni Γιώργος Nikos", "Papadopoulou Νικολάου", "Αθήνα Πάτρα", "Greek", "+30 69", "ΑΕ Ferries"),
    "TR": (
        2,
        "Gönül Işıl Çağrı Emre",
        "Yıldız Öztürk Şahin",
        "İstanbul İzmir",
        "Turkish",
        "+90 5",
        "A.Ş. Tekstil",
    ),
    "NG": (
        1,
        "Amara Chidi Ngozi Emeka",
        "Okafor Nwosu Adeyemi",
        "Lagos Abuja",
        "English",
        "+234 8",
        "Ltd Grid",
    ),
    "EG": (
        1,
        "Ahmed فاطمة Youssef",
        "El-Sayed حسن Mansour",
        "Cairo Alexandria",
        "Arabic",
        "+20 1",
        "Cold Trade",
    ),
    "JP": (1, "Yuki 太郎 花子", "Tanaka 山田 鈴木", "東京 Osaka", "Japanese", "+81 90", "株式会社 KK"),
    "CN": (1, "李明 Wei 芳", "Wang 张 Chen", "上海 Shenzhen", "Chinese", "+86 13", "有限公司 Ltd"),
}
COMPANY_WORDS = (
    "Carpați Severo Nile Atlas Vestvind Balt Duna Ferraro Nor Hoshi Olivar Dnipro Lagos Aegean Brück Shannon Deccan "
    "Costa Verde Alpin Delta Euro Trans Agro Metal Lemn Textil Pharma Bio Energo Hydro Nova Terra Luna Sol Astra Polar "
    "Meridian Orizont Vector Optima Prima Ultra Mega Inter Global Pan Omni Quadra Tri Mono"
)
COMPANY_FIELDS = (
    "Logistic Cold Energy Foods Systems Solutions Trade Works Consult Data Print Build Medical Optics Motors Tools "
    "Packaging Chem Wood Steel Glass Paper Wine Oil Grain Dairy Fish Fruit Stone Light"
)
TITLES = "Head of purchasing|Managing director|Owner|CFO|Operations manager|Buyer|Assistant|IT manager|Sales director|Plant manager"
ACTIONS = (
    "First call|Call back about pumps|Send the price list|Follow up on the sample|Arrange the demo|Ask for the budget|"
    "Call with the buyer|Check the contract|Visit the plant|Send references"
)
TAGS = "cold chain|fair|hot|newsletter|partner lead|price sensitive|reseller|returning|tender|trial"
LONG_COMPANY = (
    "Societatea Comercială pentru Producția, Distribuția și Întreținerea Echipamentelor Frigorifice Industriale și "
    "Comerciale Carpați-Meridian Internațional S.R.L. – Sucursala București Sector 6"
)
DESCRIPTIONS = (
    "Wants trackers that survive −25 °C. Budget is decided per quarter.|Met at the Hannover fair, hall 4.|"
    "Asked for references in food logistics.|Came through the web form, wants a call in the afternoon.|"
    "Has three warehouses and a fleet of 40.|Price sensitive; a competitor quoted 61 € a unit."
)
