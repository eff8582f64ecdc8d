/// How a probe's work can be told from people's: by the name of its user.
public enum SyntheticMark {
    /// Every canary's user name begins with this.
    public static let canaryPrefix = "ctxtop-canary"

    /// The user name of the canary on a path.
    public static func canary(of path: String) -> String { canaryPrefix + "-" + path }

    /// Whether a user is a probe's canary.
    public static func isCanary(_ user: String) -> Bool { user.hasPrefix(canaryPrefix) }
}
