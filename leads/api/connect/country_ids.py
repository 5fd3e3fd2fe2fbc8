"""The countries of CRM Connect by ID, as existing programs send them: 1 Afghanistan, 2 Aland Islands … 250 Zimbabwe.

The source is the table `tblcountries` (columns country_id, iso2) of every new Perfex CRM installation, as in public
database dumps of such installations.
"""

# The ISO codes in ID order, 25 per line.
CODES = (
    "AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM "
    "BT BO BQ BA BW BV BR IO BN BG BF BI KH CM CA CV KY CF TD CL CN CX CC CO KM "
    "CG CK CR CI HR CU CW CY CZ CD DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI "
    "FR GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM HN HK HU "
    "IS IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI XK KW KG LA LV LB LS LR LY "
    "LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN ME MS MA MZ "
    "MM NA NR NP NL NC NZ NI NE NG NU NF KP MP NO OM PK PW PS PA PG PY PE PH PN "
    "PL PT PR QA RE RO RU RW BL SH KN LC MF PM VC WS SM ST SA SN RS SC SL SG SX "
    "SK SI SB SO ZA GS KR SS ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO "
    "TT TN TR TM TC TV UG UA AE GB US UM UY UZ VU VA VE VN VG VI WF EH YE ZM ZW "
)

CODE_OF_ID = dict(enumerate(CODES.split(), 1))
ID_OF_CODE = {code: str(number) for number, code in CODE_OF_ID.items()}
