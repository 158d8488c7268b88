using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Plugins;

namespace Webserv.Testing.Plugins;

/// <summary>How one middleware of a plugin is made.</summary>
internal sealed class MiddlewareRegistration
{
    private readonly Type _middleware;
    private readonly Type? _options;
    private readonly Func<object, object>? _wrap;
    private readonly Func<object, IReadOnlyList<string>>? _validate;
    private readonly Func<object>? _createOptions;

    private MiddlewareRegistration(
        Type middleware, Type? options, Func<object>? create, Func<object, object>? wrap, Func<object, IReadOnlyList<string>>? validate)
    {
        _middleware = middleware;
        _options = options;
        _createOptions = create;
        _wrap = wrap;
        _validate = validate;
    }

    public static MiddlewareRegistration Of<TMiddleware>() => new(typeof(TMiddleware), null, null, null, null);

    public static MiddlewareRegistration Of<TMiddleware, TOptions, TValidator>()
        where TOptions : class, new()
        where TValidator : class, IValidateOptions<TOptions>, new() =>
        new(
            typeof(TMiddleware),
            typeof(TOptions),
            () => new TOptions(),
            options => Options.Create((TOptions)options),
            options => [.. new TValidator().Validate(Options.DefaultName, (TOptions)options).Failures ?? []]);

    public object? CreateOptions() => _createOptions?.Invoke();

    public IReadOnlyList<string> Validate(object options) => _validate?.Invoke(options) ?? [];

    public IMiddleware Create(IServiceProvider services, object? options, IPipelineEntry entry)
    {
        EntryServices own;
        if (options is not null && _wrap is not null)
        {
            var failures = Validate(options);
            if (failures.Count > 0)
            {
                throw new OptionsValidationException(entry.ConfigurationPath + ":Options", _options!, failures);
            }

            own = new EntryServices(services, entry, typeof(IOptions<>).MakeGenericType(_options!), _wrap(options));
        }
        else
        {
            own = new EntryServices(services, entry, null, null);
        }

        return (IMiddleware)ActivatorUtilities.CreateInstance(own, _middleware);
    }
}
