namespace Crossdock.Model.Geography;

/// <summary>Chile's 346 communes by region, to be read and mended by people. Source: Código Único Territorial of SUBDERE (the division in force since Ñuble became a region in 2018).</summary>
internal static class ChileanCommuneTable
{
    internal const string Text = """
        AP: Arica, Camarones, Putre, General Lagos
        TA: Iquique, Alto Hospicio, Pozo Almonte, Camiña, Colchane, Huara, Pica
        AN: Antofagasta, Mejillones, Sierra Gorda, Taltal, Calama, Ollagüe, San Pedro de Atacama, Tocopilla, María Elena
        AT: Copiapó, Caldera, Tierra Amarilla, Chañaral, Diego de Almagro, Vallenar, Alto del Carmen, Freirina, Huasco
        CO: La Serena, Coquimbo, Andacollo, La Higuera, Paihuano, Vicuña, Illapel, Canela, Los Vilos, Salamanca, Ovalle, Combarbalá, Monte Patria, Punitaqui, Río Hurtado
        VS: Valparaíso, Casablanca, Concón, Juan Fernández, Puchuncaví, Quintero, Viña del Mar, Isla de Pascua, Los Andes, Calle Larga, Rinconada, San Esteban, La Ligua
        VS: Cabildo, Papudo, Petorca, Zapallar, Quillota, Calera, Hijuelas, La Cruz, Nogales, San Antonio, Algarrobo, Cartagena, El Quisco, El Tabo, Santo Domingo
        VS: San Felipe, Catemu, Llaillay, Panquehue, Putaendo, Santa María, Quilpué, Limache, Olmué, Villa Alemana
        LI: Rancagua, Codegua, Coinco, Coltauco, Doñihue, Graneros, Las Cabras, Machalí, Malloa, Mostazal, Olivar, Peumo, Pichidegua, Quinta de Tilcoco, Rengo, Requínoa
        LI: San Vicente, Pichilemu, La Estrella, Litueche, Marchihue, Navidad, Paredones, San Fernando, Chépica, Chimbarongo, Lolol, Nancagua, Palmilla, Peralillo, Placilla
        LI: Pumanque, Santa Cruz
        ML: Talca, Constitución, Curepto, Empedrado, Maule, Pelarco, Pencahue, Río Claro, San Clemente, San Rafael, Cauquenes, Chanco, Pelluhue, Curicó, Hualañé, Licantén
        ML: Molina, Rauco, Romeral, Sagrada Familia, Teno, Vichuquén, Linares, Colbún, Longaví, Parral, Retiro, San Javier, Villa Alegre, Yerbas Buenas
        NB: Chillán, Bulnes, Chillán Viejo, El Carmen, Pemuco, Pinto, Quillón, San Ignacio, Yungay, Quirihue, Cobquecura, Coelemu, Ninhue, Portezuelo, Ránquil, Treguaco
        NB: San Carlos, Coihueco, Ñiquén, San Fabián, San Nicolás
        BI: Concepción, Coronel, Chiguayante, Florida, Hualqui, Lota, Penco, San Pedro de la Paz, Santa Juana, Talcahuano, Tomé, Hualpén, Lebu, Arauco, Cañete, Contulmo
        BI: Curanilahue, Los Álamos, Tirúa, Los Ángeles, Antuco, Cabrero, Laja, Mulchén, Nacimiento, Negrete, Quilaco, Quilleco, San Rosendo, Santa Bárbara, Tucapel, Yumbel
        BI: Alto Biobío
        AR: Temuco, Carahue, Cunco, Curarrehue, Freire, Galvarino, Gorbea, Lautaro, Loncoche, Melipeuco, Nueva Imperial, Padre Las Casas, Perquenco, Pitrufquén, Pucón
        AR: Saavedra, Teodoro Schmidt, Toltén, Vilcún, Villarrica, Cholchol, Angol, Collipulli, Curacautín, Ercilla, Lonquimay, Los Sauces, Lumaco, Purén, Renaico, Traiguén
        AR: Victoria
        LR: Valdivia, Corral, Lanco, Los Lagos, Máfil, Mariquina, Paillaco, Panguipulli, La Unión, Futrono, Lago Ranco, Río Bueno
        LL: Puerto Montt, Calbuco, Cochamó, Fresia, Frutillar, Los Muermos, Llanquihue, Maullín, Puerto Varas, Castro, Ancud, Chonchi, Curaco de Vélez, Dalcahue, Puqueldón
        LL: Queilén, Quellón, Quemchi, Quinchao, Osorno, Puerto Octay, Purranque, Puyehue, Río Negro, San Juan de la Costa, San Pablo, Chaitén, Futaleufú, Hualaihué, Palena
        AI: Coyhaique, Lago Verde, Aysén, Cisnes, Guaitecas, Cochrane, O'Higgins, Tortel, Chile Chico, Río Ibáñez
        MA: Punta Arenas, Laguna Blanca, Río Verde, San Gregorio, Cabo de Hornos, Antártica, Porvenir, Primavera, Timaukel, Natales, Torres del Paine
        RM: Santiago, Cerrillos, Cerro Navia, Conchalí, El Bosque, Estación Central, Huechuraba, Independencia, La Cisterna, La Florida, La Granja, La Pintana, La Reina
        RM: Las Condes, Lo Barnechea, Lo Espejo, Lo Prado, Macul, Maipú, Ñuñoa, Pedro Aguirre Cerda, Peñalolén, Providencia, Pudahuel, Quilicura, Quinta Normal, Recoleta
        RM: Renca, San Joaquín, San Miguel, San Ramón, Vitacura, Puente Alto, Pirque, San José de Maipo, Colina, Lampa, Tiltil, San Bernardo, Buin, Calera de Tango, Paine
        RM: Melipilla, Alhué, Curacaví, María Pinto, San Pedro, Talagante, El Monte, Isla de Maipo, Padre Hurtado, Peñaflor
        """;

    /// <summary>The same commune, written otherwise; accents, case and punctuation never matter.</summary>
    internal const string OtherSpellings = """
        Aysén: Aisén, Puerto Aysén, Puerto Aisén
        Coyhaique: Coihaique
        Cisnes: Puerto Cisnes
        O'Higgins: O Higgins, Villa O'Higgins
        Tortel: Caleta Tortel
        Paihuano: Paiguano
        Calera: La Calera
        Llaillay: Llay Llay, Llai Llay, Llay-Llay
        Rinconada: Rinconada de Los Andes
        Santo Domingo: Rocas de Santo Domingo
        Isla de Pascua: Rapa Nui, Easter Island, Hanga Roa
        Viña del Mar: Viña
        Marchihue: Marchigüe
        Mostazal: San Francisco de Mostazal
        San Vicente: San Vicente de Tagua Tagua, San Vicente de TT
        San Javier: San Javier de Loncomilla
        Treguaco: Trehuaco
        Ñiquén: San Gregorio de Ñiquén
        San Fabián: San Fabián de Alico
        Alto Biobío: Alto Bío Bío
        Los Ángeles: Los Angeles Biobío
        Cholchol: Chol Chol
        Saavedra: Puerto Saavedra
        Villarrica: Villarica
        Mariquina: San José de la Mariquina
        Puerto Montt: Pto Montt
        Puerto Varas: Pto Varas
        Natales: Puerto Natales, Pto Natales
        Antártica: La Antártica, Antártica Chilena
        Tiltil: Til Til
        Santiago: Santiago Centro, Santiago de Chile, Stgo
        Pedro Aguirre Cerda: PAC
        Estación Central: Est Central
        San José de Maipo: San José del Maipo
        Ránquil: Ranquil
        """;

    /// <summary>Places that shops offer or buyers write as if they were communes, by the commune they lie in.</summary>
    internal const string PlacesWithin = """
        Colina: Chicureo
        Lampa: Batuco, Valle Grande
        Lo Barnechea: La Dehesa, El Arrayán, Farellones, Centro de Ski - La Parva, Centro de Ski - El Colorado, Centro de Ski - Valle Nevado, La Parva, Valle Nevado
        San José de Maipo: Cajón del Maipo
        Huechuraba: Ciudad Empresarial
        Viña del Mar: Reñaca
        Villa Alemana: Peñablanca
        Puchuncaví: Maitencillo
        Zapallar: Cachagua
        Coquimbo: Tongoy, Guanaqueros
        Puyehue: Entre Lagos
        Quinchao: Achao
        Hualaihué: Hornopirén
        Guaitecas: Melinka
        Cabo de Hornos: Puerto Williams
        """;
}
