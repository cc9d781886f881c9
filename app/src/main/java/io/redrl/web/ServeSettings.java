package io.redrl.web;

import io.redrl.base.Checks;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;

/**
 * Settings of the service.
 *
 * @param address that it listens at
 * @param port there; 0 for any that is free
 * @param access who may ask
 * @param limits of requests
 * @param models that judge
 * @param identify settings of identification; a request may ask for another depth and prior
 */
public record ServeSettings(
        String address, int port, Access access, ServeLimits limits, IdentifyModels models, IdentifySettings identify) {
    /** Checks the port. */
    public ServeSettings {
        Checks.inRange("port", port, 0, 65_535);
    }
}
