package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * DeepFool: to the nearest boundary of the linearised classifier, again and again until the victim is fooled.
 *
 * <pre>
 *  f'_k = z_k(x) − z_y(x),   w'_k = ∇ₓ f'_k,   l = argmin_{k≠y} |f'_k| / ‖w'_k‖_q
 *  r ← r + |f'_l| / ‖w'_l‖₂² · w'_l         (L2, q = 2)
 *  r ← r + |f'_l| / ‖w'_l‖₁ · sign(w'_l)    (L∞, q = 1)
 *  x = x₀ + r,   until x₀ + (1 + η) r fools
 * </pre>
 *
 * <p>Moosavi-Dezfooli, Fawzi and Frossard, <i>DeepFool: a simple and accurate method to fool deep neural networks</i>,
 * CVPR 2016, Algorithm 2, with equations (7) to (11) and the overshoot η of section 3.1, applied once to the sum.
 *
 * <p>Departures:
 * <ul>
 *   <li>as in the authors' code, only the classes with the largest logits of each image are tried;
 *   <li>the class to leave is the batch's label, not the prediction: an image that the victim already gets wrong comes
 *       back as it is;
 *   <li>every iterate is clipped to [0, 1], and a value that sits at 0 or 1 is left out of w' where it could only move
 *       out, so the result lies in [0, 1] and still fools; the original never clips;
 *   <li>success is tried with the overshoot, and a step is at least 1e-5 long, so that an iterate on the boundary itself
 *       does not stand still;
 *   <li>an image that is not fooled after the last step comes back as it was.
 * </ul>
 *
 * @param spec the settings
 */
record DeepFoolAttack(DeepFoolSpec spec) implements Attack {
    private static final double SHORTEST_STEP = 1e-5;

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            Tensor labels = Tensors.longs(batch.labels());
            if (spec.steps() == 0) {
                return images.clone();
            }
            Tensor candidates = candidates(victim, images, labels); // [N,k]
            Tensor r = torch.zeros_like(images);
            Tensor result = images.clone();

            Rows active = Rows.all(batch.size());
            for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
                Rows rows = active;
                boolean last = step == spec.steps();
                active = Scopes.valued(() -> {
                    // 1. Those that are fooled leave.
                    Tensor x = clipped(rows.of(images).add_(rows.of(r), new Scalar(1 + spec.overshoot())));
                    long[] verdict = Logits.predict(victim, x);
                    Rows fooled = rows.positions(i -> verdict[i] != batch.labels()[rows.at(i)]);
                    rows.where(i -> verdict[i] != batch.labels()[rows.at(i)]).put(result, fooled.of(x));
                    Rows left = rows.where(i -> verdict[i] == batch.labels()[rows.at(i)]);
                    // 2. The others take a step.
                    return last || left.isEmpty() ? left : step(victim, images, r, labels, candidates, left);
                });
            }
            return result;
        });
    }

    /** Adds a step to {@code r} at {@code rows}; returns those that could move. */
    private Rows step(Classifier victim, Tensor images, Tensor r, Tensor labels, Tensor candidates, Rows rows) {
        Tensor x0 = rows.of(images);
        Tensor x = clipped(x0.add(rows.of(r)));
        Tensor own = rows.of(labels).unsqueeze(1); // [n,1]
        Tensor rivals = rows.of(candidates); // [n,k]
        Tensor nearest =
                torch.full(new long[] {rows.size(), 1}, new Scalar(Double.POSITIVE_INFINITY), x.options()); // [n,1]
        Tensor move = torch.zeros_like(x);
        Tensor exact = Logits.of(victim, x); // f'_k decides how far to go, and comes to nothing at the boundary
        Tensor leads = exact.gather(1, rivals).sub_(exact.gather(1, own)).abs_(); // |f'_k| [n,k]
        Tensor below = x.lt(new Scalar(1.0));
        Tensor above = x.gt(new Scalar(0.0));
        try (AutoGradMode grad = new AutoGradMode(true)) {
            Tensor leaf = Logits.leaf(x);
            Tensor logits = Logits.recorded(victim, leaf);
            long k = rivals.size(1);
            for (long j = 0; j < k; j++) {
                boolean more = j < k - 1;
                long column = j;
                Tensor rival = rivals.narrow(1, j, 1);
                Scopes.run(() -> {
                    Tensor f = logits.gather(1, rival).sub(logits.gather(1, own));
                    Tensor w = Tensors.gradient(f.sum(), leaf, more); // w'_k [n,C,H,W]
                    try (AutoGradMode off = new AutoGradMode(false)) {
                        keepNearest(
                                leads.narrow(1, column, 1),
                                w,
                                torch.where(w.gt(new Scalar(0.0)), below, above),
                                nearest,
                                move);
                    }
                });
            }
        }
        Tensor next = clipped(x.add(move)).sub_(x0);
        rows.put(r, next);
        long[] moves = Tensors.toLongs(nearest.isfinite());
        return rows.where(i -> moves[i] == 1);
    }

    /** Where this rival's boundary is nearer than {@code nearest}: takes over its distance and the step to it. */
    private void keepNearest(Tensor f, Tensor w, Tensor free, Tensor nearest, Tensor move) {
        Tensor slope = torch.where(free, w, new Scalar(0.0));
        boolean euclidean = spec.norm() == Norm.L2;
        // The dual norm, and the direction of length 1 in the norm itself.
        Tensor norm = (euclidean ? Norm.L2.of(slope) : slope.abs().sum(1, 2, 3)).unsqueeze(1); // [n,1]
        Tensor direction = euclidean ? slope.div_(norm.view(-1, 1, 1, 1)) : slope.sign_();
        Tensor distance = f.div(norm).clamp_(Tensors.scalar(SHORTEST_STEP));
        Tensor nearer = distance.lt(nearest); // no direction: the distance is infinite or NaN, which is not nearer
        Tensor step = direction.mul_(distance.view(-1, 1, 1, 1));
        move.copy_(torch.where(nearer.view(-1, 1, 1, 1), step, move));
        nearest.copy_(torch.where(nearer, distance, nearest));
    }

    /** For each image the classes with the largest logits, without its label: {@code [N,k]}. */
    private Tensor candidates(Classifier victim, Tensor images, Tensor labels) {
        return Scopes.scoped(() -> {
            Tensor others =
                    Logits.of(victim, images).scatter(1, labels.unsqueeze(1), new Scalar(Double.NEGATIVE_INFINITY));
            long k = Math.min(spec.candidates(), victim.classes()) - 1L;
            return new Tensor(others.topk(k, 1, true, true).get1());
        });
    }

    private static Tensor clipped(Tensor x) {
        return x.clamp_(Tensors.scalar(0), Tensors.scalar(1));
    }
}
