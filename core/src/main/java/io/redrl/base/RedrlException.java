package io.redrl.base;

/**
 * An error that a user can mend: a wrong setting, a missing or altered file, a model that does not fit.
 *
 * <p>The message is written for that user in one or two lines: what was wrong, what was expected, what to do. The
 * command line prints it as it stands; the cause, if any, is shown with {@code --verbose}.
 */
public class RedrlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was wrong, what was expected, what to do */
    public RedrlException(String message) {
        super(message);
    }

    /**
     * @param message what was wrong, what was expected, what to do; where it quotes the cause, that appears without the names of
     *     Java's classes
     * @param cause the error underneath
     */
    public RedrlException(String message, Throwable cause) {
        super(message.replace(cause.toString(), Reason.of(cause)), cause);
    }
}
