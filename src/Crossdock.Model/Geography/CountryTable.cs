namespace Crossdock.Model.Geography;

/// <summary>ISO 3166-1, to be read and mended by people: alpha-2, alpha-3, English name | Spanish name | further spellings that shops use.
/// Source: ISO 3166-1 (codes), Unicode CLDR (names).</summary>
internal static class CountryTable
{
    internal const string Text = """
        AD AND Andorra | Andorra
        AE ARE United Arab Emirates | Emiratos Árabes Unidos | UAE; EAU
        AF AFG Afghanistan | Afganistán
        AG ATG Antigua and Barbuda | Antigua y Barbuda
        AI AIA Anguilla | Anguila
        AL ALB Albania | Albania
        AM ARM Armenia | Armenia
        AO AGO Angola | Angola
        AQ ATA Antarctica | Antártida
        AR ARG Argentina | Argentina
        AS ASM American Samoa | Samoa Americana
        AT AUT Austria | Austria | Österreich
        AU AUS Australia | Australia
        AW ABW Aruba | Aruba
        AX ALA Åland Islands | Islas Aland
        AZ AZE Azerbaijan | Azerbaiyán
        BA BIH Bosnia and Herzegovina | Bosnia y Herzegovina
        BB BRB Barbados | Barbados
        BD BGD Bangladesh | Bangladés
        BE BEL Belgium | Bélgica | België; Belgique
        BF BFA Burkina Faso | Burkina Faso
        BG BGR Bulgaria | Bulgaria
        BH BHR Bahrain | Baréin | Bahréin
        BI BDI Burundi | Burundi
        BJ BEN Benin | Benín
        BL BLM Saint Barthélemy | San Bartolomé
        BM BMU Bermuda | Bermudas
        BN BRN Brunei | Brunéi | Brunei Darussalam
        BO BOL Bolivia | Bolivia | Bolivia, Plurinational State of; Plurinational State of Bolivia
        BQ BES Caribbean Netherlands | Caribe neerlandés | Bonaire, Sint Eustatius and Saba
        BR BRA Brazil | Brasil
        BS BHS Bahamas | Bahamas
        BT BTN Bhutan | Bután
        BV BVT Bouvet Island | Isla Bouvet
        BW BWA Botswana | Botsuana
        BY BLR Belarus | Bielorrusia
        BZ BLZ Belize | Belice
        CA CAN Canada | Canadá
        CC CCK Cocos (Keeling) Islands | Islas Cocos
        CD COD Democratic Republic of the Congo | República Democrática del Congo | Congo - Kinshasa; Congo, The Democratic Republic of the; DR Congo
        CF CAF Central African Republic | República Centroafricana
        CG COG Congo | Congo | Congo - Brazzaville; Republic of the Congo
        CH CHE Switzerland | Suiza | Schweiz; Suisse; Svizzera
        CI CIV Côte d'Ivoire | Costa de Marfil | Ivory Coast
        CK COK Cook Islands | Islas Cook
        CL CHL Chile | Chile | Republic of Chile; República de Chile
        CM CMR Cameroon | Camerún
        CN CHN China | China | People's Republic of China
        CO COL Colombia | Colombia
        CR CRI Costa Rica | Costa Rica
        CU CUB Cuba | Cuba
        CV CPV Cape Verde | Cabo Verde
        CW CUW Curaçao | Curazao
        CX CXR Christmas Island | Isla de Navidad
        CY CYP Cyprus | Chipre
        CZ CZE Czechia | Chequia | Czech Republic; República Checa
        DE DEU Germany | Alemania | Deutschland
        DJ DJI Djibouti | Yibuti
        DK DNK Denmark | Dinamarca | Danmark
        DM DMA Dominica | Dominica
        DO DOM Dominican Republic | República Dominicana | Rep. Dominicana
        DZ DZA Algeria | Argelia
        EC ECU Ecuador | Ecuador
        EE EST Estonia | Estonia
        EG EGY Egypt | Egipto
        EH ESH Western Sahara | Sáhara Occidental
        ER ERI Eritrea | Eritrea
        ES ESP Spain | España
        ET ETH Ethiopia | Etiopía
        FI FIN Finland | Finlandia | Suomi
        FJ FJI Fiji | Fiyi
        FK FLK Falkland Islands | Islas Malvinas | Falkland Islands (Malvinas)
        FM FSM Micronesia | Micronesia | Micronesia, Federated States of
        FO FRO Faroe Islands | Islas Feroe
        FR FRA France | Francia
        GA GAB Gabon | Gabón
        GB GBR United Kingdom | Reino Unido | UK; Great Britain; England; Scotland; Wales; Northern Ireland; Inglaterra; Gran Bretaña
        GD GRD Grenada | Granada
        GE GEO Georgia | Georgia
        GF GUF French Guiana | Guayana Francesa
        GG GGY Guernsey | Guernesey
        GH GHA Ghana | Ghana
        GI GIB Gibraltar | Gibraltar
        GL GRL Greenland | Groenlandia
        GM GMB Gambia | Gambia
        GN GIN Guinea | Guinea
        GP GLP Guadeloupe | Guadalupe
        GQ GNQ Equatorial Guinea | Guinea Ecuatorial
        GR GRC Greece | Grecia | Hellas
        GS SGS South Georgia and South Sandwich Islands | Islas Georgia del Sur y Sandwich del Sur
        GT GTM Guatemala | Guatemala
        GU GUM Guam | Guam
        GW GNB Guinea-Bissau | Guinea-Bisáu | Guinea-Bissáu
        GY GUY Guyana | Guyana
        HK HKG Hong Kong | Hong Kong | Hong Kong SAR China
        HM HMD Heard and McDonald Islands | Islas Heard y McDonald
        HN HND Honduras | Honduras
        HR HRV Croatia | Croacia
        HT HTI Haiti | Haití
        HU HUN Hungary | Hungría | Magyarország
        ID IDN Indonesia | Indonesia
        IE IRL Ireland | Irlanda
        IL ISR Israel | Israel
        IM IMN Isle of Man | Isla de Man
        IN IND India | India | Bharat
        IO IOT British Indian Ocean Territory | Territorio Británico del Océano Índico
        IQ IRQ Iraq | Irak
        IR IRN Iran | Irán | Iran, Islamic Republic of
        IS ISL Iceland | Islandia
        IT ITA Italy | Italia
        JE JEY Jersey | Jersey
        JM JAM Jamaica | Jamaica
        JO JOR Jordan | Jordania
        JP JPN Japan | Japón
        KE KEN Kenya | Kenia
        KG KGZ Kyrgyzstan | Kirguistán
        KH KHM Cambodia | Camboya
        KI KIR Kiribati | Kiribati
        KM COM Comoros | Comoras
        KN KNA Saint Kitts and Nevis | San Cristóbal y Nieves
        KP PRK North Korea | Corea del Norte | Korea, Democratic People's Republic of
        KR KOR South Korea | Corea del Sur | Korea; Korea, Republic of; Republic of Korea; Corea
        KW KWT Kuwait | Kuwait
        KY CYM Cayman Islands | Islas Caimán
        KZ KAZ Kazakhstan | Kazajistán | Kazajstán
        LA LAO Laos | Laos | Lao People's Democratic Republic
        LB LBN Lebanon | Líbano
        LC LCA Saint Lucia | Santa Lucía
        LI LIE Liechtenstein | Liechtenstein
        LK LKA Sri Lanka | Sri Lanka
        LR LBR Liberia | Liberia
        LS LSO Lesotho | Lesoto
        LT LTU Lithuania | Lituania
        LU LUX Luxembourg | Luxemburgo
        LV LVA Latvia | Letonia
        LY LBY Libya | Libia
        MA MAR Morocco | Marruecos
        MC MCO Monaco | Mónaco
        MD MDA Moldova | Moldavia | Moldova, Republic of
        ME MNE Montenegro | Montenegro
        MF MAF Saint Martin | San Martín | Saint Martin (French part)
        MG MDG Madagascar | Madagascar
        MH MHL Marshall Islands | Islas Marshall
        MK MKD North Macedonia | Macedonia del Norte | Macedonia
        ML MLI Mali | Mali
        MM MMR Myanmar | Myanmar | Burma; Birmania
        MN MNG Mongolia | Mongolia
        MO MAC Macao | Macao | Macao SAR China; Macau
        MP MNP Northern Mariana Islands | Islas Marianas del Norte
        MQ MTQ Martinique | Martinica
        MR MRT Mauritania | Mauritania
        MS MSR Montserrat | Montserrat
        MT MLT Malta | Malta
        MU MUS Mauritius | Mauricio
        MV MDV Maldives | Maldivas
        MW MWI Malawi | Malaui
        MX MEX Mexico | México | Estados Unidos Mexicanos
        MY MYS Malaysia | Malasia
        MZ MOZ Mozambique | Mozambique
        NA NAM Namibia | Namibia
        NC NCL New Caledonia | Nueva Caledonia
        NE NER Niger | Níger
        NF NFK Norfolk Island | Isla Norfolk
        NG NGA Nigeria | Nigeria
        NI NIC Nicaragua | Nicaragua
        NL NLD Netherlands | Países Bajos | Holland; Holanda; Nederland; The Netherlands
        NO NOR Norway | Noruega | Norge
        NP NPL Nepal | Nepal
        NR NRU Nauru | Nauru
        NU NIU Niue | Niue
        NZ NZL New Zealand | Nueva Zelanda
        OM OMN Oman | Omán
        PA PAN Panama | Panamá
        PE PER Peru | Perú
        PF PYF French Polynesia | Polinesia Francesa
        PG PNG Papua New Guinea | Papúa Nueva Guinea
        PH PHL Philippines | Filipinas
        PK PAK Pakistan | Pakistán
        PL POL Poland | Polonia | Polska
        PM SPM Saint Pierre and Miquelon | San Pedro y Miquelón
        PN PCN Pitcairn Islands | Islas Pitcairn
        PR PRI Puerto Rico | Puerto Rico
        PS PSE Palestine | Palestina | Palestinian Territories; Palestine, State of
        PT PRT Portugal | Portugal
        PW PLW Palau | Palaos
        PY PRY Paraguay | Paraguay
        QA QAT Qatar | Catar
        RE REU Réunion | Reunión
        RO ROU Romania | Rumanía | România; Rumania
        RS SRB Serbia | Serbia
        RU RUS Russia | Rusia | Russian Federation
        RW RWA Rwanda | Ruanda
        SA SAU Saudi Arabia | Arabia Saudí | Arabia Saudita
        SB SLB Solomon Islands | Islas Salomón
        SC SYC Seychelles | Seychelles
        SD SDN Sudan | Sudán
        SE SWE Sweden | Suecia | Sverige
        SG SGP Singapore | Singapur
        SH SHN Saint Helena | Santa Elena
        SI SVN Slovenia | Eslovenia
        SJ SJM Svalbard and Jan Mayen | Svalbard y Jan Mayen
        SK SVK Slovakia | Eslovaquia
        SL SLE Sierra Leone | Sierra Leona
        SM SMR San Marino | San Marino
        SN SEN Senegal | Senegal
        SO SOM Somalia | Somalia
        SR SUR Suriname | Surinam
        SS SSD South Sudan | Sudán del Sur
        ST STP São Tomé and Príncipe | Santo Tomé y Príncipe
        SV SLV El Salvador | El Salvador
        SX SXM Sint Maarten | Sint Maarten | Sint Maarten (Dutch part)
        SY SYR Syria | Siria | Syrian Arab Republic
        SZ SWZ Eswatini | Esuatini | Swaziland
        TC TCA Turks and Caicos Islands | Islas Turcas y Caicos
        TD TCD Chad | Chad
        TF ATF French Southern Territories | Territorios Australes Franceses
        TG TGO Togo | Togo
        TH THA Thailand | Tailandia
        TJ TJK Tajikistan | Tayikistán
        TK TKL Tokelau | Tokelau
        TL TLS Timor-Leste | Timor Oriental | East Timor
        TM TKM Turkmenistan | Turkmenistán
        TN TUN Tunisia | Túnez
        TO TON Tonga | Tonga
        TR TUR Türkiye | Turquía | Turkey
        TT TTO Trinidad and Tobago | Trinidad y Tobago
        TV TUV Tuvalu | Tuvalu
        TW TWN Taiwan | Taiwán | Taiwan, Province of China
        TZ TZA Tanzania | Tanzania | Tanzania, United Republic of
        UA UKR Ukraine | Ucrania | Ukraina
        UG UGA Uganda | Uganda
        UM UMI United States Minor Outlying Islands | Islas Ultramarinas Menores de Estados Unidos
        US USA United States | Estados Unidos | United States of America; USA; U.S.; EEUU; EE.UU.; EE. UU.; Estados Unidos de América; America
        UY URY Uruguay | Uruguay
        UZ UZB Uzbekistan | Uzbekistán
        VA VAT Vatican City | Ciudad del Vaticano | Holy See; Vatican; Holy See (Vatican City State)
        VC VCT Saint Vincent and Grenadines | San Vicente y las Granadinas | Saint Vincent and the Grenadines
        VE VEN Venezuela | Venezuela | Venezuela, Bolivarian Republic of; Bolivarian Republic of Venezuela
        VG VGB British Virgin Islands | Islas Vírgenes Británicas | Virgin Islands, British
        VI VIR U.S. Virgin Islands | Islas Vírgenes de los Estados Unidos | Virgin Islands, U.S.
        VN VNM Vietnam | Vietnam | Viet Nam
        VU VUT Vanuatu | Vanuatu
        WF WLF Wallis and Futuna | Wallis y Futuna
        WS WSM Samoa | Samoa
        YE YEM Yemen | Yemen
        YT MYT Mayotte | Mayotte
        ZA ZAF South Africa | Sudáfrica
        ZM ZMB Zambia | Zambia
        ZW ZWE Zimbabwe | Zimbabue
        """;
}
