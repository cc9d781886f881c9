package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.model.ForwardingClassifier;

/** A victim without low-precision logits: every question is answered in float32. Closing it leaves the victim open. */
final class FullPrecisionVictim extends ForwardingClassifier {
    FullPrecisionVictim(Classifier victim) {
        super(victim);
    }
}
