namespace Crossdock.Model.Geography;

/// <summary>ISO 3166-2 subdivisions of the countries that shops here sell in, as a table to be read and mended by people:
/// country, then code, name and, after the equals sign, further spellings that shops use. Accents, case and punctuation do not matter.
/// Source: ISO 3166-2 (codes and names); the spellings are those of Shopify, WooCommerce, VTEX, Jumpseller and of buyers. Chile's numbers are the official ones
/// (V and 5 are Valparaíso), not the FIPS numbers that Jumpseller calls region_code: its connector translates those.</summary>
internal static class RegionTable
{
    internal const string Text = """
        AR: A Salta | B Buenos Aires = Gran Buenos Aires; GBA; Bs As; Buenos Aires Province
            C Ciudad Autónoma de Buenos Aires = CABA; Capital Federal; Ciudad de Buenos Aires; Buenos Aires City; Autonomous City of Buenos Aires; Ciudad Autónoma Buenos Aires
            D San Luis | E Entre Ríos | F La Rioja | G Santiago del Estero | H Chaco | J San Juan | K Catamarca | L La Pampa | M Mendoza | N Misiones | P Formosa
            Q Neuquén | R Río Negro | S Santa Fe | T Tucumán | U Chubut | V Tierra del Fuego = Tierra del Fuego, Antártida e Islas del Atlántico Sur
            W Corrientes | X Córdoba | Y Jujuy | Z Santa Cruz
        BO: B Beni = El Beni | C Cochabamba | H Chuquisaca | L La Paz | N Pando | O Oruro | P Potosí | S Santa Cruz | T Tarija
        BR: AC Acre | AL Alagoas | AM Amazonas | AP Amapá | BA Bahia | CE Ceará | DF Distrito Federal = Federal District; Brasília | ES Espírito Santo | GO Goiás
            MA Maranhão | MG Minas Gerais | MS Mato Grosso do Sul | MT Mato Grosso | PA Pará | PB Paraíba | PE Pernambuco | PI Piauí | PR Paraná
            RJ Rio de Janeiro | RN Rio Grande do Norte | RO Rondônia | RR Roraima | RS Rio Grande do Sul | SC Santa Catarina | SE Sergipe | SP São Paulo
            TO Tocantins
        CA: AB Alberta | BC British Columbia | MB Manitoba | NB New Brunswick | NL Newfoundland and Labrador = Newfoundland | NS Nova Scotia
            NT Northwest Territories | NU Nunavut | ON Ontario | PE Prince Edward Island = PEI | QC Quebec = PQ | SK Saskatchewan | YT Yukon = Yukon Territory
        CL: AI Aysén del General Carlos Ibáñez del Campo = XI; 11; Aysén; Aisén; Aisén del General Carlos Ibáñez del Campo; Aysén del Gral Carlos Ibáñez del Campo; Aisén del Gral Carlos Ibáñez del Campo; Aysén del General Ibáñez del Campo
            AN Antofagasta = II; 2; 02 | AP Arica y Parinacota = XV; 15; Arica | AR La Araucanía = IX; 9; 09; Araucanía | AT Atacama = III; 3; 03
            BI Biobío = VIII; 8; 08; Bío Bío | CO Coquimbo = IV; 4; 04
            LI Libertador General Bernardo O'Higgins = VI; 6; 06; O'Higgins; O Higgins; Libertador; Libertador Bernardo O'Higgins; Libertador Gral Bernardo O'Higgins; Lib Gral Bernardo O'Higgins; Libertador B O'Higgins; General Bernardo O'Higgins; Gral Bernardo O'Higgins; Bernardo O'Higgins
            LL Los Lagos = X; 10 | LR Los Ríos = XIV; 14
            MA Magallanes y de la Antártica Chilena = XII; 12; Magallanes; Magallanes y la Antártica Chilena; Magallanes y Antártica Chilena; Magallanes and Chilean Antarctica
            ML Maule = VII; 7; 07 | NB Ñuble = XVI; 16
            RM Región Metropolitana de Santiago = XIII; 13; Metropolitana; Metropolitana de Santiago; Metropolitana Santiago; Santiago Metropolitan; Metropolitan; Metropolitan of Santiago; Santiago; Gran Santiago
            TA Tarapacá = I; 1; 01 | VS Valparaíso = V; 5; 05; Valparaiso
        CO: AMA Amazonas | ANT Antioquia | ARA Arauca | ATL Atlántico | BOL Bolívar | BOY Boyacá | CAL Caldas | CAQ Caquetá | CAS Casanare | CAU Cauca | CES Cesar
            CHO Chocó | COR Córdoba | CUN Cundinamarca
            DC Bogotá = Bogotá DC; Bogotá Distrito Capital; Distrito Capital; Distrito Capital de Bogotá; Capital District; Santa Fe de Bogotá | GUA Guainía
            GUV Guaviare | HUI Huila | LAG La Guajira | MAG Magdalena | MET Meta | NAR Nariño | NSA Norte de Santander = N de Santander | PUT Putumayo
            QUI Quindío | RIS Risaralda | SAN Santander
            SAP San Andrés, Providencia y Santa Catalina = San Andrés; San Andrés y Providencia; Archipiélago de San Andrés, Providencia y Santa Catalina
            SUC Sucre | TOL Tolima | VAC Valle del Cauca = Valle | VAU Vaupés | VID Vichada
        CR: A Alajuela | C Cartago | G Guanacaste | H Heredia | L Limón | P Puntarenas | SJ San José
        DO: 01 Distrito Nacional = Santo Domingo de Guzmán | 02 Azua | 03 Baoruco | 04 Barahona | 05 Dajabón | 06 Duarte | 07 Elías Piña | 08 El Seibo
            09 Espaillat | 10 Independencia | 11 La Altagracia | 12 La Romana | 13 La Vega | 14 María Trinidad Sánchez | 15 Monte Cristi | 16 Pedernales
            17 Peravia | 18 Puerto Plata | 19 Hermanas Mirabal | 20 Samaná | 21 San Cristóbal | 22 San Juan | 23 San Pedro de Macorís | 24 Sánchez Ramírez
            25 Santiago | 26 Santiago Rodríguez | 27 Valverde | 28 Monseñor Nouel | 29 Monte Plata | 30 Hato Mayor | 31 San José de Ocoa | 32 Santo Domingo
        EC: A Azuay | B Bolívar | C Carchi | D Orellana | E Esmeraldas | F Cañar | G Guayas | H Chimborazo | I Imbabura | L Loja | M Manabí | N Napo | O El Oro
            P Pichincha | R Los Ríos | S Morona Santiago | SD Santo Domingo de los Tsáchilas = Santo Domingo | SE Santa Elena | T Tungurahua | U Sucumbíos
            W Galápagos = Galápagos Islands | X Cotopaxi | Y Pastaza | Z Zamora Chinchipe
        ES: A Alicante = Alacant | AB Albacete | AL Almería | AN Andalucía | AR Aragón | AV Ávila | B Barcelona | BA Badajoz | BI Bizkaia = Vizcaya | BU Burgos
            C A Coruña = La Coruña; Coruña | CA Cádiz | CC Cáceres | CE Ceuta | CL Castilla y León | CM Castilla-La Mancha | CN Canarias | CO Córdoba
            CR Ciudad Real | CS Castellón = Castelló | CT Cataluña = Catalunya | CU Cuenca | EX Extremadura | GA Galicia | GC Las Palmas = Gran Canaria
            GI Girona = Gerona | GR Granada | GU Guadalajara | H Huelva | HU Huesca | J Jaén | L Lleida = Lérida | LE León | LO La Rioja = RI; Logroño | LU Lugo
            M Madrid = MD; Comunidad de Madrid; Comunidad Autónoma de Madrid | MA Málaga | ML Melilla | MU Murcia = MC; Región de Murcia
            NA Navarra = Nafarroa; NC; Comunidad Foral de Navarra | O Asturias = AS; Principado de Asturias; Oviedo | OR Ourense = Orense | P Palencia
            PM Illes Balears = IB; Islas Baleares; Baleares; Balears; Balearic Islands; Mallorca | PO Pontevedra | PV País Vasco = Euskadi; Euskal Herria
            S Cantabria = CB; Santander | SA Salamanca | SE Sevilla | SG Segovia | SO Soria | SS Gipuzkoa = Guipúzcoa | T Tarragona | TE Teruel
            TF Santa Cruz de Tenerife = Tenerife; S C de Tenerife | TO Toledo | V Valencia = València | VA Valladolid
            VC Comunidad Valenciana = Comunitat Valenciana | VI Álava = Araba; Araba Álava | Z Zaragoza | ZA Zamora
        GT: AV Alta Verapaz | BV Baja Verapaz | CM Chimaltenango | CQ Chiquimula | ES Escuintla | GU Guatemala | HU Huehuetenango | IZ Izabal | JA Jalapa
            JU Jutiapa | PE Petén | PR El Progreso | QC Quiché | QZ Quetzaltenango | RE Retalhuleu | SA Sacatepéquez | SM San Marcos | SO Sololá | SR Santa Rosa
            SU Suchitepéquez | TO Totonicapán | ZA Zacapa
        HN: AT Atlántida | CH Choluteca | CL Colón | CM Comayagua | CP Copán | CR Cortés | EP El Paraíso | FM Francisco Morazán | GD Gracias a Dios
            IB Islas de la Bahía | IN Intibucá | LE Lempira | LP La Paz | OC Ocotepeque | OL Olancho | SB Santa Bárbara | VA Valle | YO Yoro
        MX: AGU Aguascalientes = AGS | BCN Baja California = BC; Baja California Norte | BCS Baja California Sur | CAM Campeche = CAMP | CHH Chihuahua = CHIH
            CHP Chiapas = CHIS | CMX Ciudad de México = CDMX; DF; Distrito Federal; Mexico City; México DF | COA Coahuila = COAH; Coahuila de Zaragoza
            COL Colima | DUR Durango = DGO | GRO Guerrero | GUA Guanajuato = GTO | HID Hidalgo = HGO | JAL Jalisco
            MEX México = Estado de México; Edo México; Edomex; Mexico State | MIC Michoacán = MICH; Michoacán de Ocampo | MOR Morelos | NAY Nayarit
            NLE Nuevo León = NL | OAX Oaxaca | PUE Puebla | QUE Querétaro = QRO; Querétaro de Arteaga | ROO Quintana Roo = QROO; Q Roo | SIN Sinaloa
            SLP San Luis Potosí | SON Sonora | TAB Tabasco | TAM Tamaulipas = TAMPS | TLA Tlaxcala = TLAX | VER Veracruz = Veracruz de Ignacio de la Llave
            YUC Yucatán | ZAC Zacatecas
        NI: AN Costa Caribe Norte | AS Costa Caribe Sur | BO Boaco | CA Carazo | CI Chinandega | CO Chontales | ES Estelí | GR Granada | JI Jinotega | LE León
            MD Madriz | MN Managua | MS Masaya | MT Matagalpa | NS Nueva Segovia | RI Rivas | SJ Río San Juan
        PA: 1 Bocas del Toro | 10 Panamá Oeste | 2 Coclé | 3 Colón | 4 Chiriquí | 5 Darién | 6 Herrera | 7 Los Santos | 8 Panamá | 9 Veraguas | EM Emberá
            KY Guna Yala = Kuna Yala; San Blas | NB Ngöbe-Buglé
        PE: AMA Amazonas | ANC Áncash | APU Apurímac | ARE Arequipa | AYA Ayacucho | CAJ Cajamarca | CAL Callao = El Callao; Provincia Constitucional del Callao
            CUS Cusco | HUC Huánuco | HUV Huancavelica | ICA Ica | JUN Junín | LAL La Libertad | LAM Lambayeque | LIM Lima = Lima Region; Lima Provincias
            LMA Lima Metropolitana = Lima Metropolitan; Lima Province; Provincia de Lima; Municipalidad Metropolitana de Lima | LOR Loreto | MDD Madre de Dios
            MOQ Moquegua | PAS Pasco | PIU Piura | PUN Puno | SAM San Martín | TAC Tacna | TUM Tumbes | UCA Ucayali
        PT: 01 Aveiro | 02 Beja | 03 Braga | 04 Bragança | 05 Castelo Branco | 06 Coimbra | 07 Évora | 08 Faro | 09 Guarda | 10 Leiria | 11 Lisboa = Lisbon
            12 Portalegre | 13 Porto = Oporto | 14 Santarém | 15 Setúbal | 16 Viana do Castelo | 17 Vila Real | 18 Viseu
            20 Açores = Azores; Região Autónoma dos Açores | 30 Madeira = Região Autónoma da Madeira
        PY: 1 Concepción | 10 Alto Paraná | 11 Central | 12 Ñeembucú | 13 Amambay | 14 Canindeyú | 15 Presidente Hayes | 16 Alto Paraguay | 19 Boquerón
            2 San Pedro | 3 Cordillera | 4 Guairá | 5 Caaguazú | 6 Caazapá | 7 Itapúa | 8 Misiones | 9 Paraguarí
            ASU Asunción = Asunción Distrito Capital; Distrito Capital
        SV: AH Ahuachapán | CA Cabañas | CH Chalatenango | CU Cuscatlán | LI La Libertad | MO Morazán | PA La Paz | SA Santa Ana | SM San Miguel | SO Sonsonate
            SS San Salvador | SV San Vicente | UN La Unión | US Usulután
        US: AK Alaska | AL Alabama | AR Arkansas | AS American Samoa | AZ Arizona | CA California | CO Colorado | CT Connecticut
            DC District of Columbia = Washington DC; Washington D C; District Columbia | DE Delaware | FL Florida | GA Georgia | GU Guam | HI Hawaii | IA Iowa
            ID Idaho | IL Illinois | IN Indiana | KS Kansas | KY Kentucky | LA Louisiana | MA Massachusetts | MD Maryland | ME Maine | MI Michigan | MN Minnesota
            MO Missouri | MP Northern Mariana Islands | MS Mississippi | MT Montana | NC North Carolina | ND North Dakota | NE Nebraska | NH New Hampshire
            NJ New Jersey | NM New Mexico | NV Nevada | NY New York | OH Ohio | OK Oklahoma | OR Oregon | PA Pennsylvania | PR Puerto Rico | RI Rhode Island
            SC South Carolina | SD South Dakota | TN Tennessee | TX Texas | UM United States Minor Outlying Islands | UT Utah | VA Virginia
            VI U.S. Virgin Islands = Virgin Islands, U.S.; Virgin Islands | VT Vermont | WA Washington | WI Wisconsin | WV West Virginia | WY Wyoming
        UY: AR Artigas | CA Canelones | CL Cerro Largo | CO Colonia | DU Durazno | FD Florida | FS Flores | LA Lavalleja | MA Maldonado | MO Montevideo
            PA Paysandú | RN Río Negro | RO Rocha | RV Rivera | SA Salto | SJ San José | SO Soriano | TA Tacuarembó | TT Treinta y Tres
        VE: A Distrito Capital = Caracas | B Anzoátegui | C Apure | D Aragua | E Barinas | F Bolívar | G Carabobo | H Cojedes | I Falcón | J Guárico | K Lara
            L Mérida | M Miranda | N Monagas | O Nueva Esparta | P Portuguesa | R Sucre | S Táchira | T Trujillo | U Yaracuy | V Zulia | W Dependencias Federales
            X La Guaira = Vargas; La Guaira Vargas | Y Delta Amacuro | Z Amazonas
        """;
}
