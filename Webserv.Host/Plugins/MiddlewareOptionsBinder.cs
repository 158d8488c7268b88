using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins;

/// <summary>Makes options of one type, checked by one validator.</summary>
internal sealed class MiddlewareOptionsBinder<TOptions, TValidator> : IMiddlewareOptionsBinder
    where TOptions : class, new()
    where TValidator : class, IValidateOptions<TOptions>, new()
{
    public Type OptionsType => typeof(TOptions);

    public Type ServiceType => typeof(IOptions<TOptions>);

    public object Bind(IConfigurationSection? section, string path, IConfigurationErrors errors)
    {
        var options = new TOptions();
        if (section is not null)
        {
            StrictBinder.Bind(options, section, errors);
        }

        var result = new TValidator().Validate(Options.DefaultName, options);
        if (result.Failed)
        {
            foreach (var failure in result.Failures)
            {
                var (property, message) = Split(failure);
                errors.Add(property.Length == 0 ? path : $"{path}:{property}", message);
            }
        }

        return Options.Create(options);
    }

    /// <summary>
    /// <c>"Outer:Inner: what is wrong"</c> names a property of the options; in anything else a colon is punctuation.
    /// </summary>
    private static (string Property, string Message) Split(string failure)
    {
        var end = failure.IndexOf(": ", StringComparison.Ordinal);
        return end > 0 && failure.AsSpan(0, end).IndexOfAny(' ', '\t') < 0
            ? (failure[..end], failure[(end + 2)..])
            : ("", failure);
    }
}
