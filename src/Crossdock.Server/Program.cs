using Crossdock.Server.Commands;

return await CommandLine.RunAsync(args);
