package io.redrl.attribution;

import io.redrl.attack.ApgdSpec;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.CwLinfSpec;
import io.redrl.attack.CwLinfTauSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.EadSpec;
import io.redrl.attack.FewPixelSpec;
import io.redrl.attack.FgsmSpec;
import io.redrl.attack.JpegSpec;
import io.redrl.attack.MiFgsmSpec;
import io.redrl.attack.NoiseSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.SquareSpec;
import io.redrl.tensor.Norm;
import java.util.List;

/**
 * An algorithm of a {@link Family}: the second level of the taxonomy. Their order is that of the network's outputs.
 */
public enum Algorithm {
    /** None. */
    CLEAN("clean", "clean", Family.CLEAN, AttackClass.CLEAN),
    /** One step along the gradient's sign. */
    FGSM("fgsm", "FGSM", Family.LINF_BUDGET, AttackClass.PGD),
    /** Projected gradient descent, which begins at random; without that it is also known as BIM or I-FGSM. */
    PGD("pgd", "PGD or BIM", Family.LINF_BUDGET, AttackClass.PGD),
    /** Momentum on the gradient. */
    MI_FGSM("mi-fgsm", "MI-FGSM", Family.LINF_BUDGET, AttackClass.PGD),
    /** Auto-PGD. */
    APGD("apgd", "Auto-PGD", Family.LINF_BUDGET, AttackClass.PGD),
    /** Carlini and Wagner's objective within a fixed L∞ ball, as the paper has it. */
    CW_LINF("cw-linf", "CW-L∞, fixed ball", Family.LINF_BUDGET, AttackClass.CW_LINF),
    /** Carlini and Wagner's own form, which makes the ball smaller. */
    CW_LINF_TAU("cw-linf-tau", "CW-L∞, shrinking ball", Family.LINF_MINIMAL, AttackClass.CW_LINF),
    /** DeepFool to the boundary that is nearest in L∞. */
    DEEPFOOL_LINF("deepfool-linf", "DeepFool, L∞", Family.LINF_MINIMAL, AttackClass.DEEPFOOL),
    /** Steps along the gradient within an L2 ball, Auto-PGD's as well. */
    PGD_L2("pgd-l2", "PGD, L2", Family.L2_BUDGET, AttackClass.PGD),
    /** Carlini and Wagner, L2, with one weight c. */
    CW_L2("cw-l2", "CW-L2, fixed c", Family.L2_MINIMAL, AttackClass.CW_L2),
    /** The same with a search for the smallest c. */
    CW_L2_SEARCHED("cw-l2-searched", "CW-L2, c searched", Family.L2_MINIMAL, AttackClass.CW_L2),
    /** DeepFool, L2. */
    DEEPFOOL("deepfool", "DeepFool", Family.L2_MINIMAL, AttackClass.DEEPFOOL),
    /** The elastic net. */
    EAD("ead", "EAD", Family.SPARSE, AttackClass.CW_L2),
    /** So many pixels of any colour. */
    FEW_PIXEL("few-pixel", "few pixels", Family.SPARSE, AttackClass.PATCH),
    /** A rectangle whose values change by ε at most. */
    PATCH_BOUNDED("patch-bounded", "bounded patch", Family.PATCH, AttackClass.PATCH),
    /** A rectangle of any values. */
    PATCH_FREE("patch-free", "free patch", Family.PATCH, AttackClass.PATCH),
    /** Squares at random. */
    SQUARE("square", "Square", Family.QUERY, AttackClass.PGD);

    private static final List<Algorithm> ORDER = List.of(values());

    private final String id;
    private final String label;
    private final Family family;
    private final AttackClass paper;

    Algorithm(String id, String label, Family family, AttackClass paper) {
        this.id = id;
        this.label = label;
        this.family = family;
        this.paper = paper;
    }

    /** Its place among the network's outputs, from 0. */
    public int index() {
        return ORDER.indexOf(this);
    }

    /** The name in files and on the command line. */
    public String id() {
        return id;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    /** The problem that it solves. */
    public Family family() {
        return family;
    }

    /** The nearest of the paper's six classes. */
    public AttackClass paper() {
        return paper;
    }

    /** Whether it changes a part of the image only. */
    public boolean local() {
        return family == Family.PATCH || this == FEW_PIXEL;
    }

    /** The algorithm of an attack with certain settings; {@link #CLEAN} for noise and JPEG, which attack nobody. */
    public static Algorithm of(AttackSpec spec) {
        if (spec instanceof PgdSpec pgd) {
            return pgd.norm() == Norm.L2 ? PGD_L2 : PGD;
        } else if (spec instanceof FgsmSpec fgsm) {
            return fgsm.norm() == Norm.L2 ? PGD_L2 : FGSM;
        } else if (spec instanceof ApgdSpec apgd) {
            return apgd.norm() == Norm.L2 ? PGD_L2 : APGD;
        } else if (spec instanceof MiFgsmSpec) {
            return MI_FGSM;
        } else if (spec instanceof CwLinfSpec) {
            return CW_LINF;
        } else if (spec instanceof CwLinfTauSpec) {
            return CW_LINF_TAU;
        } else if (spec instanceof DeepFoolSpec deepFool) {
            return deepFool.norm() == Norm.L2 ? DEEPFOOL : DEEPFOOL_LINF;
        } else if (spec instanceof CwL2Spec cw) {
            return cw.binarySearchSteps() > 1 ? CW_L2_SEARCHED : CW_L2;
        } else if (spec instanceof EadSpec) {
            return EAD;
        } else if (spec instanceof FewPixelSpec) {
            return FEW_PIXEL;
        } else if (spec instanceof PatchSpec patch) {
            return patch.epsilon() < 1 ? PATCH_BOUNDED : PATCH_FREE;
        } else if (spec instanceof SquareSpec) {
            return SQUARE;
        } else if (spec instanceof NoiseSpec || spec instanceof JpegSpec) {
            return CLEAN;
        }
        throw new IllegalArgumentException("no algorithm for " + spec);
    }
}
