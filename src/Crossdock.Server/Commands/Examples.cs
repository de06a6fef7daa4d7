using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Crossdock.Server.Commands;

/// <summary>What stands below each command's help: how it is used. A test sees that no command is without.</summary>
internal static class Examples
{
    /// <summary>By the command's words.</summary>
    internal static IReadOnlyDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [""] = ["./crossdock demo                       a hub with emulated stores, to look around", "./crossdock orders list --state awaiting_approval", "./crossdock doctor                     what is wrong here, and how to mend it", "source <(./crossdock completion bash)"],
        ["serve"] = ["./crossdock serve --port 8080", "Crossdock__Database=\"Host=db;Username=crossdock\" ./crossdock serve"],
        ["demo"] = ["./crossdock demo --rate 10", "./crossdock demo --empty --data /var/lib/crossdock"],
        ["migrate"] = ["./crossdock migrate"],
        ["apply"] = ["./crossdock apply -f stores.yaml", "./crossdock export | sed 's/manual/automatic/' | ./crossdock apply -f -"],
        ["export"] = ["./crossdock export > stores.yaml"],
        ["events replay"] = ["./crossdock events replay 0199..."],
        ["backfill"] = ["./crossdock backfill acme --from 2026-01-01 --to 2026-02-01 --wait"],
        ["completeness"] = ["./crossdock completeness", "./crossdock completeness acme --from 2026-03-01 --json"],
        ["reconcile"] = ["./crossdock reconcile acme --from 2026-03-01 --to 2026-03-07"],
        ["orders list"] = ["./crossdock orders list --state awaiting_approval --store acme", "./crossdock orders list --search ana@example.com", "./crossdock orders list --held true --json | jq -r '.items[].id'"],
        ["orders show"] = ["./crossdock orders show 0199...", "./crossdock orders show 0199... --json | jq .document.shipTo"],
        ["orders timeline"] = ["./crossdock orders timeline 0199..."],
        ["orders approve"] = ["./crossdock orders approve 0199... --because \"paid by bank transfer\"", "./crossdock orders list --state awaiting_approval --json | jq -r '.items[].id' | xargs ./crossdock orders approve"],
        ["orders hold"] = ["./crossdock orders hold 0199... --because \"the customer asked for another address\""],
        ["orders release"] = ["./crossdock orders release 0199... --because \"looked at\""],
        ["orders cancel"] = ["./crossdock orders cancel 0199... --because \"the customer changed their mind\""],
        ["orders restore"] = ["./crossdock orders restore 0199... --because \"cancelled by mistake\""],
        ["orders deliver"] = ["./crossdock orders deliver 0199... --because \"asked for by phone\""],
        ["orders resend"] = ["./crossdock orders resend 0199... --because \"the courier lost it\""],
        ["holds list"] = ["./crossdock holds list --store acme", "./crossdock holds list --code rule --json"],
        ["holds release"] = ["./crossdock holds release 0199... 0199... --because \"looked at\""],
        ["deliveries list"] = ["./crossdock deliveries list --state waiting --destination courier"],
        ["deliveries attempts"] = ["./crossdock deliveries attempts 0199..."],
        ["deliveries retry"] = ["./crossdock deliveries retry 0199... --because \"the courier is back\""],
        ["deliveries drop"] = ["./crossdock deliveries drop 0199... --because \"sent by hand\""],
        ["dead-letters list"] = ["./crossdock dead-letters list --destination courier"],
        ["dead-letters retry"] = ["./crossdock dead-letters list --json | jq -r '.items[].id' | xargs ./crossdock dead-letters retry --because \"the courier is back\""],
        ["dead-letters drop"] = ["./crossdock dead-letters drop 0199... --because \"sent by hand\""],
        ["alerts list"] = ["./crossdock alerts list", "./crossdock alerts list --connection acme --ended true"],
        ["alerts acknowledge"] = ["./crossdock alerts acknowledge 0199..."],
        ["webhooks list"] = ["./crossdock webhooks list"],
        ["webhooks create"] = ["./crossdock webhooks create ERP https://erp.example.com/crossdock --event order.created --event order.cancelled --connection acme"],
        ["webhooks enable"] = ["./crossdock webhooks enable 0199..."],
        ["webhooks disable"] = ["./crossdock webhooks disable 0199..."],
        ["webhooks secret"] = ["./crossdock webhooks secret 0199..."],
        ["webhooks test"] = ["./crossdock webhooks test 0199..."],
        ["webhooks events"] = ["./crossdock webhooks events 0199... --state failed"],
        ["webhooks delete"] = ["./crossdock webhooks delete 0199..."],
        ["webhooks replay"] = ["./crossdock webhooks replay 0199... --from 2026-11-01 --state failed", "./crossdock webhooks replay 0199... --event 0199..."],
        ["import"] = ["./crossdock import bazar may.xlsx --dry-run", "./crossdock import bazar may.csv --good-rows-only --report wrong.csv"],
        ["drift"] = ["./crossdock drift", "./crossdock drift --connection acme --all"],
        ["drift accept"] = ["./crossdock drift accept acme 1a2b3c4d5e6f7081 --because \"new checkout\""],
        ["drift ignore"] = ["./crossdock drift ignore acme 1a2b3c4d5e6f7081"],
        ["drift replay"] = ["./crossdock drift replay acme 1a2b3c4d5e6f7081"],
        ["replay start"] = ["./crossdock replay start acme --from 2026-11-01 --rules rules.yaml --wait"],
        ["replay show"] = ["./crossdock replay show 0199... --wait"],
        ["replay differences"] = ["./crossdock replay differences 0199... --kind excluded"],
        ["replay stop"] = ["./crossdock replay stop 0199..."],
        ["replay resume"] = ["./crossdock replay resume 0199..."],
        ["replay apply"] = ["./crossdock replay apply 0199... --kind excluded --because \"as tried\""],
        ["connect"] = ["./crossdock connect shopify"],
        ["test-connection"] = ["./crossdock test-connection acme"],
        ["emulate"] = ["./crossdock emulate shopify"],
        ["backup"] = ["./crossdock backup crossdock.backup --keys crossdock.keys"],
        ["restore"] = ["./crossdock restore crossdock.backup --keys crossdock.keys"],
        ["subscriptions"] = ["./crossdock subscriptions acme", "./crossdock subscriptions acme --check"],
        ["token create"] = ["./crossdock token create warehouse --scope write --connection acme --days 365"],
        ["token list"] = ["./crossdock token list"],
        ["token revoke"] = ["./crossdock token revoke 0199..."],
        ["seed"] = ["./crossdock seed --orders 1000000 --data /tmp/many"],
        ["keys list"] = ["./crossdock keys list"],
        ["keys rotate"] = ["./crossdock keys rotate --wait"],
        ["privacy export"] = ["./crossdock privacy export --mail ana@example.com --file ana.json"],
        ["privacy erase"] = ["./crossdock privacy erase --mail ana@example.com", "./crossdock privacy erase --mail ana@example.com --because asked --yes"],
        ["privacy show"] = ["./crossdock privacy show 0199..."],
        ["config"] = ["./crossdock config"],
        ["doctor"] = ["./crossdock doctor", "./crossdock doctor --json"],
        ["completion"] = ["source <(./crossdock completion bash)", "./crossdock completion bash > ~/.local/share/bash-completion/completions/crossdock", "source <(./crossdock completion zsh)"],
    };

    /// <summary>Lets the help of every command close with its examples.</summary>
    internal static void AddTo(RootCommand root)
    {
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { Action: SynchronousCommandLineAction usual } help)
        {
            help.Action = new WithExamples(usual);
        }
    }

    /// <summary>A command's words without the program's name.</summary>
    internal static string PathOf(Command command)
    {
        List<string> words = [];
        for (Symbol? at = command; at is Command and not RootCommand; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            words.Insert(0, at.Name);
        }

        return string.Join(' ', words);
    }

    private sealed class WithExamples(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
    {
        // Asking for help is never wrong, whatever else is missing.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = usual.Invoke(parseResult);
            if (All.TryGetValue(PathOf(parseResult.CommandResult.Command), out string[]? examples))
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                Array.ForEach(examples, example => output.WriteLine("  " + example));
                output.WriteLine();
            }

            return code;
        }
    }
}
