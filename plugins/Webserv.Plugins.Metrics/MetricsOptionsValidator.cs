using Microsoft.Extensions.Options;

namespace Webserv.Plugins.Metrics;

/// <summary>Checks the options.</summary>
public sealed class MetricsOptionsValidator : IValidateOptions<MetricsOptions>
{
    private const int Most = 100_000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MetricsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.Meters.Count == 0)
        {
            failures.Add("Meters: names no meter, so that there is nothing to show");
        }

        failures.AddRange(options.Meters.Where(meter => !MeterPattern.IsValid(meter))
            .Select(meter => $"Meters: '{meter}' is not the name of a meter; a * may only be its end"));
        if (options.MaxSeries is < 1 or > Most)
        {
            failures.Add($"MaxSeries: must be from 1 to {Most}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
