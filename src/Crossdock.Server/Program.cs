System.Console.WriteLine("Crossdock");
