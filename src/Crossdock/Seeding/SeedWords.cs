namespace Crossdock.Seeding;

/// <summary>What made-up orders are made of. Every name, address and number is invented; mail addresses end in <c>example.com</c> and the like, which belong to nobody.</summary>
internal static class SeedWords
{
    public static readonly string[] Given =
        ["Ana", "José", "María", "Juan", "Camila", "Diego", "Sofía", "Matías", "Valentina", "Tomás", "Lucía", "Pedro", "Elena", "Marek", "Zofia", "Jan", "Ola", "Emma", "Noah", "Olivia", "Liam", "Hugo", "Inés", "Álvaro", "Renata", "Bruno", "Paula", "Ignacio", "Rocío", "Andrés"];

    public static readonly string[] Family =
        ["Rojas", "Muñoz", "González", "Pérez", "Soto", "Contreras", "Silva", "Martínez", "Sepúlveda", "Morales", "Nowak", "Kowalska", "Wiśniewski", "Smith", "Johnson", "Brown", "García-López", "Fernández", "Araya", "Fuentes", "Castillo", "Vergara", "Ibáñez", "O'Brien", "Tapia", "Reyes", "Núñez", "Vidal", "Salazar", "Cortés"];

    /// <summary>Country, region, its name, city, postcode, currency, how an amount of one unit is scaled, dialling code.</summary>
    public static readonly (string Country, string Region, string RegionName, string City, string Postcode, string Dial)[] Places =
    [
        ("CL", "RM", "Metropolitana de Santiago", "Santiago", "8320000", "+569"), ("CL", "VS", "Valparaíso", "Viña del Mar", "2520000", "+569"), ("CL", "BI", "Biobío", "Concepción", "4030000", "+569"),
        ("CL", "AN", "Antofagasta", "Antofagasta", "1240000", "+569"), ("CL", "LL", "Los Lagos", "Puerto Montt", "5480000", "+569"), ("CL", "AR", "La Araucanía", "Temuco", "4780000", "+569"),
        ("ES", "M", "Madrid", "Madrid", "28013", "+346"), ("ES", "B", "Barcelona", "Barcelona", "08001", "+346"), ("PL", "MZ", "Mazowieckie", "Warszawa", "00-001", "+485"), ("US", "CA", "California", "San Diego", "92101", "+1619"),
    ];

    public static readonly string[] Streets = ["Av. Siempre Viva", "Calle Larga", "Los Aromos", "Camino Real", "Paseo del Mar", "ul. Długa", "Main Street", "Pasaje Sur", "Avenida Norte", "Las Acacias"];

    public static readonly (string Sku, string Name, int Price, int Grams)[] Goods =
    [
        .. from kind in ((string Code, string Name, int Price, int Grams)[])[("BOOT", "Trail boots", 59_990, 1400), ("JKT", "Rain jacket", 74_990, 620), ("TENT", "Tent", 149_990, 3200), ("PACK", "Rucksack", 45_990, 1100), ("LAMP", "Head lamp", 19_990, 90), ("BOTL", "Bottle", 12_990, 210), ("SOCK", "Wool socks", 7_990, 80), ("STOV", "Stove", 39_990, 450)]
           from variant in ((string Code, string Name)[])[("01", "moss"), ("02", "slate"), ("03", "sand"), ("04", "rust"), ("05", "night")]
           from size in (string[])["S", "M", "L"]
           select ($"{kind.Code}-{variant.Code}-{size}", $"{kind.Name}, {variant.Name}, {size}", kind.Price, kind.Grams),
    ];

    public static readonly string[] Carriers = ["Andes Express", "Sur Cargo", "Correo Norte"];

    public static readonly string[] Refusals = ["HTTP 422: the postcode is not one of this region", "HTTP 422: the telephone number has too few digits", "HTTP 500 eight times: the destination answers with an error", "HTTP 409: the reference is used by another shipment"];

    public static readonly string[] Reasons = ["nine pieces or more: call the buyer", "the address has no house number", "the total is above the store's limit", "the buyer asked to wait"];
}
