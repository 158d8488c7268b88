using Webserv.Gateway;

namespace Webserv.Plugins.FastCgi;

/// <summary>How a PHP site is run: by php-fpm or php-cgi, whichever is installed, started and supervised by the server, unless addresses are given.</summary>
public sealed class PhpOptions : GatewayOptions
{
    /// <summary>
    /// The program that is started: a php-fpm or php-cgi by name or path, such as <c>"php-cgi8.2"</c>. Default: php-fpm where it
    /// is installed (also as <c>php-fpm8.2</c> and the like), whose processes share one cache of compiled scripts, else php-cgi.
    /// </summary>
    public string? Program { get; set; }

    /// <summary>
    /// Settings of PHP that win over those of its configuration file, names to values, such as
    /// <c>{ "memory_limit": "256M", "upload_max_filesize": "100M" }</c>; scripts cannot change them. Only with started programs.
    /// Default: none.
    /// </summary>
    public IDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether what processes of php-fpm write to their own standard error (<c>php://stderr</c>, extensions) goes to the log, at the
    /// price of two more wake-ups a request. PHP's errors and <c>error_log()</c> come with the request and are logged in any case, and of
    /// php-cgi everything is.
    /// </summary>
    public bool CatchOutput { get; set; }

    /// <summary>
    /// How long a connection without requests is kept open, 0 to 24 days; 0 makes one for each request. A process of PHP
    /// serves nobody else on it meanwhile. Default: 1 s; for started programs for ever.
    /// </summary>
    public TimeSpan? KeepAliveTimeout { get; set; }

    /// <summary>What happens to request bodies whose length is not known before they are read (chunked ones). PHP itself needs to know it.</summary>
    public ChunkedBody ChunkedBody { get; set; }
}
